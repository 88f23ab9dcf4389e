import type { Artifact } from '../../artifacts/artifact.ts';
import { writeToml } from '../../util/toml.ts';
import type { EngineSpec, Handler } from '../../engines/engine.ts';

/** What containerd runs for gVisor: without it there is nothing but runsc itself, which is no shim. */
export const runscShim = 'containerd-shim-runsc-v1';

/** Why containerd cannot run this runsc, or undefined: Debian's package has no shim, and runc's will not do. */
export function whyNoShim(
  engine: { name: string },
  artifact: Pick<Artifact, 'name' | 'version' | 'binaries'>,
): string | undefined {
  if (engine.name !== 'containerd' || artifact.name !== 'runsc' || runscShim in artifact.binaries) return undefined;
  return `runsc ${artifact.version} has no ${runscShim}, which containerd needs; under runc's shim runsc refuses: cannot run with network enabled in root network namespace; take the upstream release, or put both binaries into $PODPROOF_ARTIFACTS/runsc-${artifact.version}/`;
}

/** Where a handler's own file stands. */
export function runscConfigPath(spec: EngineSpec, handler: Handler): string {
  return `${spec.directory}/runsc/${handler.name}.toml`;
}

/**
 * The file that the shim's ConfigPath names: which runsc it runs and where that keeps its state, so that two versions on one host
 * stay apart (gVisor pkg/shim/v1/runsc/options.go). Systrap is the platform that needs no KVM (runsc/config/flags.go). A sentry
 * that dies answers EOF and tells why in `panicLog` alone, which is appended to.
 */
export function runscConfiguration(binary: string, root: string, panicLog: string): string {
  return writeToml({ binary_name: binary, root, runsc_config: { platform: 'systrap', 'panic-log': panicLog } });
}
