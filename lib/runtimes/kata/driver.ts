import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { hostKindFacts } from '../../hosts/facts.ts';
import { BlockedError, messageOf } from '../../util/errors.ts';
import type { RuntimeDriver } from '../runtime.ts';
import { kataConfiguration } from './configuration.ts';
import { kata, vmmFacts } from './facts.ts';
import { discoverKataRelease } from './release.ts';

/** A template that is not what it should be blocks the cell, and names the file. */
function configured(file: string, configuration: () => string): string {
  try {
    return configuration();
  } catch (error) {
    throw new BlockedError(`Cannot configure Kata by ${file}: ${messageOf(error)}`, {
      remedy: 'take that file from the release archive again',
      cause: error,
    });
  }
}

/** The engine runs a shim of the prefix, and each handler has a configuration file of its own. */
export const kataDriver: RuntimeDriver = {
  async handler({ artifact, onHost: attached }, { name, runtime, directory, settings, emulated }) {
    const { prefix, shim, template } = await discoverKataRelease(artifact.directory, runtime);
    const onHost = join(attached, relative(artifact.directory, prefix.directory));
    const file = join(prefix.directory, template);
    const text = await readFile(file, 'utf8');
    const installation = { prefix, onHost, shim: runtime.shim ?? 'go', emulated } as const;
    return {
      path: join(onHost, shim),
      kata: {
        configPath: `${directory}/kata/${name}.toml`,
        configuration: configured(file, () => kataConfiguration(text, installation, settings)),
      },
    };
  },

  async programs(runtime, artifact) {
    const { prefix, template, guest } = await discoverKataRelease(artifact.directory, runtime);
    const shims = Object.entries(prefix.shims).map(([shim, path]) => [`${kata.program} (${shim})`, path] as const);
    const others = [template, ...guest].map((path) => [path, path] as const);
    return Object.fromEntries([...shims, ...others].map(([name, path]) => [name, join(prefix.directory, path)]));
  },

  /** The virtiofsd that QEMU 7.2 came with, and Debian 12 so, takes other options than those of virtio-fs' own, which Kata gives it. */
  reasonNot({ host: { spec }, runtime }, { version, binaries }) {
    const { program, takes } = vmmFacts(runtime.vmm ?? 'qemu');
    const shares = program !== undefined && takes === undefined;
    if (!shares || hostKindFacts(spec).debianSuite?.(spec) !== 'bookworm' || 'virtiofsd' in binaries) return undefined;
    return `Kata ${version} brings no virtiofsd, and that of Debian 12 does not know --shared-dir; put one of virtio-fs, 1.0 or newer, into libexec of the prefix`;
  },
};
