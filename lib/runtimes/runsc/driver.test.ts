import { describe, expect, it } from 'vitest';
import { parseToml } from '../../util/toml.ts';
import { containerdDriver as containerd } from '../../engines/containerd/driver.ts';
import type { Handler } from '../../engines/engine.ts';
import type { EngineName } from '../../engines/facts.ts';
import { HostSpec } from '../../hosts/facts.ts';
import type { RuntimePlace } from '../runtime.ts';
import { runscConfiguration } from './configuration.ts';
import { runscDriver } from './driver.ts';
import { runcHandler, specFixture } from '../../testing/engine-spec.ts';

const handler: Handler = {
  name: 'runsc-20260706-0-withheld',
  cell: 'debian-13/engine/runsc-20260706.0',
  variant: 'withheld',
  runtime: { name: 'runsc', version: '20260706.0', source: { kind: 'path' } },
  path: '/artifacts/runsc/bin/runsc',
  runscShim: '/artifacts/runsc/bin/containerd-shim-runsc-v1',
};

describe('gVisor under containerd', () => {
  it.each(['1.7.24', '2.1.9', '2.3.4'])('of containerd %s is its own shim, whose file names this very runsc', (version) => {
    const spec = specFixture('containerd', version, { handlers: [runcHandler('plain'), handler] });
    const { files, log, planned, runtimeState } = containerd.configure(spec);
    const file = `${spec.directory}/runsc/${handler.name}.toml`;
    expect(planned).toMatchObject({
      [`containerd.runtimes.${handler.name}.runtime_type`]: 'io.containerd.runsc.v1',
      [`containerd.runtimes.${handler.name}.runtime_path`]: handler.runscShim,
      [`containerd.runtimes.${handler.name}.options.ConfigPath`]: file,
      [`containerd.runtimes.${handler.name}.privileged_without_host_devices`]: true,
      'containerd.runtimes.runc-1-1-15.runtime_type': 'io.containerd.runc.v2',
    });
    expect(parseToml(files[file] ?? '')).toEqual({
      binary_name: handler.path,
      root: runtimeState.replace('/k8s.io/{id}', ''),
      runsc_config: { platform: 'systrap', 'panic-log': log, 'systemd-cgroup': 'true' },
    });
  });

  it('is found on the PATH by versions that cannot name it', () => {
    const spec = specFixture('containerd', '1.5.18', { handlers: [handler] });
    const { env, planned } = containerd.configure(spec);
    expect(env['PATH']).toMatch(/^\/artifacts\/runsc\/bin:/);
    expect(Object.keys(planned).filter((key) => key.endsWith('runtime_path'))).toEqual([]);
  });

  it('is the planned one where the effective configuration names its file, and unknown where it names another', () => {
    const key = `containerd.runtimes.${handler.name}.options.ConfigPath`;
    const spec = specFixture('containerd', '1.7.24', { handlers: [handler] });
    const path = (value: string): string => containerd.runtimePath({ [key]: value }, handler, spec);
    expect(path(`/var/lib/podproof/containerd-1.7.24/runsc/${handler.name}.toml`)).toBe(handler.path);
    expect(path('/etc/containerd/runsc/config.toml')).toBe('');
    expect(containerd.runtimePath({}, handler, spec)).toBe('');
  });

  it('is blocked without its shim, which Debian’s package lacks; CRI-O needs none', () => {
    const spec = HostSpec.parse({ kind: 'vm', suite: 'trixie' });
    const under = (name: EngineName): RuntimePlace => ({ host: { spec }, engine: { name }, runtime: {} });
    const debian = { version: '20240729.0', binaries: { runsc: 'usr/bin/runsc' } };
    expect(runscDriver.reasonNot?.(under('containerd'), debian)).toMatch(
      /^runsc 20240729\.0 has no containerd-shim-runsc-v1, which containerd needs; .*cannot run with network enabled in root network namespace; take the upstream release, or put both/,
    );
    expect(runscDriver.reasonNot?.(under('crio'), debian)).toBeUndefined();
    const upstream = { ...debian, binaries: { ...debian.binaries, 'containerd-shim-runsc-v1': 'bin/containerd-shim-runsc-v1' } };
    expect(runscDriver.reasonNot?.(under('containerd'), upstream)).toBeUndefined();
  });

  it('runs without KVM, and its sentry says in the engine’s log why it died', () => {
    expect(parseToml(runscConfiguration('/bin/runsc', '/state', '/engine.log', 'cgroupfs'))).toHaveProperty('runsc_config', {
      platform: 'systrap',
      'panic-log': '/engine.log',
    });
  });
});
