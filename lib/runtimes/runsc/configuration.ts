import type { EngineSpec, Handler } from '../../engines/engine.ts';
import type { CgroupDriver } from '../../model/cgroup-driver.ts';
import { writeToml } from '../../util/toml.ts';

/** Where a handler's own file is. */
export function runscConfigPath(spec: EngineSpec, handler: Handler): string {
  return `${spec.directory}/runsc/${handler.name}.toml`;
}

/**
 * The file that the shim's ConfigPath names: which runsc it runs and where that keeps its state, so that two versions on one host
 * stay apart (gVisor pkg/shim/v1/runsc/options.go). Systrap is the platform that needs no KVM (runsc/config/flags.go). A sentry
 * that dies answers EOF and tells why in `panicLog` alone, which is appended to.
 */
export function runscConfiguration(binary: string, root: string, panicLog: string, cgroupDriver: CgroupDriver): string {
  const flags = { platform: 'systrap', 'panic-log': panicLog };
  // The shim hands flags of runsc on as texts.
  const withSystemd = cgroupDriver === 'systemd' ? { 'systemd-cgroup': 'true' } : {};
  return writeToml({ binary_name: binary, root, runsc_config: { ...flags, ...withSystemd } });
}
