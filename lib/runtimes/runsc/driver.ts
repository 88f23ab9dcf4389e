import { engines } from '../../engines/facts.ts';
import { plainDriver } from '../plain.ts';
import type { RuntimeDriver } from '../runtime.ts';

/** What containerd runs for gVisor: without it there is nothing but runsc itself, which is no shim. */
const runscShim = 'containerd-shim-runsc-v1';

export const runscDriver: RuntimeDriver = {
  ...plainDriver,

  async handler(installed, request) {
    const shim = installed.artifact.binaries[runscShim];
    return {
      ...(await plainDriver.handler(installed, request)),
      ...(shim === undefined ? {} : { runscShim: `${installed.onHost}/${shim}` }),
    };
  },

  /** Debian's package has no shim, and runc's will not do. */
  reasonNot({ engine }, { version, binaries }) {
    if (!engines[engine.name].startsShims || runscShim in binaries) return undefined;
    return `runsc ${version} has no ${runscShim}, which containerd needs; under runc's shim runsc refuses: cannot run with network enabled in root network namespace; take the upstream release, or put both binaries into $PODPROOF_ARTIFACTS/runsc-${version}/`;
  },
};
