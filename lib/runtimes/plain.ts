import { join } from 'node:path';
import { runtimeFacts } from './facts.ts';
import type { RuntimeDriver } from './runtime.ts';

/** A runtime that is one program, which the shim of the engine itself runs. */
export const plainDriver: RuntimeDriver = {
  async handler({ artifact, onHost }, { runtime }) {
    const path = artifact.binaries[runtimeFacts(runtime.name).program];
    return { path: path === undefined ? '' : `${onHost}/${path}` };
  },

  async programs(runtime, { directory, binaries }) {
    const { program } = runtimeFacts(runtime.name);
    const path = binaries[program];
    return path === undefined ? {} : { [program]: join(directory, path) };
  },
};
