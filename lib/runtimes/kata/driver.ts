import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { RuntimeDriver } from '../runtime.ts';
import { kataConfiguration } from './configuration.ts';
import { kata } from './facts.ts';
import { discoverKataRelease } from './prefix.ts';

/** The engine runs a shim of the prefix, and each handler has a configuration file of its own. */
export const kataDriver: RuntimeDriver = {
  async handler({ artifact, onHost: attached }, { name, runtime, directory, settings }) {
    const { prefix, shim, template } = await discoverKataRelease(artifact.directory, runtime);
    const onHost = join(attached, relative(artifact.directory, prefix.directory));
    const text = await readFile(join(prefix.directory, template), 'utf8');
    return {
      path: join(onHost, shim),
      kata: {
        configPath: `${directory}/kata/${name}.toml`,
        configuration: kataConfiguration(text, { prefix, onHost, shim: runtime.shim ?? 'go' }, settings),
      },
    };
  },

  async programs(runtime, artifact) {
    const { directory, shims } = (await discoverKataRelease(artifact.directory, runtime)).prefix;
    return Object.fromEntries(Object.entries(shims).map(([shim, path]) => [`${kata.program} (${shim})`, join(directory, path)]));
  },
};
