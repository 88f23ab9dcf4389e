import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseToml, writeToml } from '../../util/toml.ts';
import { crioDriver } from './driver.ts';
import { cgroupDrivers, type CgroupDriver } from '../../model/cgroup-driver.ts';
import type { EngineSpec } from '../engine.ts';
import { snapshotters } from '../facts.ts';
import { variantsOf } from '../../suite/handler.ts';
import { defaultOptions } from '../../suite/scenario.ts';
import { flatten } from '../flatten.ts';
import { kataHandler, runcHandler, specFixture } from '../../testing/engine-spec.ts';
import { keysOf } from '../../util/keys-of.ts';

const directory = '/var/lib/podproof/crio-1.36.3';
const spec = (change: Partial<EngineSpec> = {}): EngineSpec => specFixture('crio', '1.36.3', change);

/** The main file as CRI-O would read it, below its table [crio]. */
function written(change: Partial<EngineSpec> = {}): unknown {
  return parseToml(Object.values(crioDriver.configure(spec(change)).files)[0] ?? '')['crio'];
}

describe('the configuration of CRI-O', () => {
  it('reads one main file and a drop-in directory of its own', () => {
    const config = crioDriver.configure(spec());
    expect(config.argv).toEqual([
      expect.stringMatching(/\/bin\/crio$/),
      '-c',
      `${directory}/crio.conf`,
      '-d',
      `${directory}/crio.conf.d`,
    ]);
    expect(Object.keys(config.files)[0]).toBe(`${directory}/crio.conf`);
    expect(Object.keys(config.files).filter((path) => path.startsWith(`${directory}/crio.conf.d`))).toEqual([]);
  });

  it('names no path of the machine but system directories of binaries, and keeps all else below its own', () => {
    const config = crioDriver.configure(spec({ handlers: [runcHandler('plain')] }));
    const text = [...Object.values(config.files), ...Object.values(config.env)].join('\n');
    const paths = (text.match(/(?<=["':=\n])\/[^"':\n]+/g) ?? []).filter((path) => !path.startsWith(`${directory}/`));
    expect(new Set(paths.filter((path) => !path.startsWith('/artifacts/')))).toEqual(
      new Set(['/pause', '/usr/lib/cni', '/run/podproof/cdi', '/usr/sbin', '/usr/bin', '/sbin', '/bin']),
    );
  });

  it('sets every path that has a default in /etc, /run or /var', () => {
    expect(flatten(written())).toMatchObject({
      root: `${directory}/root`,
      runroot: `${directory}/state/storage`,
      log_dir: `${directory}/logs`,
      version_file: `${directory}/state/version`,
      'api.listen': `${directory}/state/crio.sock`,
      'image.signature_policy_dir': `${directory}/policies`,
      'image.namespaced_auth_dir': `${directory}/auth`,
      'network.network_dir': `${directory}/cni/net.d`,
      'runtime.container_exits_dir': `${directory}/state/exits`,
      'runtime.container_attach_socket_dir': `${directory}/state/attach`,
      'runtime.namespaces_dir': `${directory}/state/ns`,
      'runtime.irqbalance_config_restore_file': 'disable',
    });
  });

  it('mounts its storage so that a shim with a mount namespace of its own sees it, and only where there is such a shim', () => {
    expect(written({ handlers: [runcHandler('plain'), kataHandler('plain')] })).toHaveProperty('storage_option', [
      'overlay.skip_mount_home=true',
    ]);
    expect(written({ handlers: [runcHandler('plain')] })).not.toHaveProperty('storage_option');
  });

  it('pulls over plain HTTP by a registries.conf of its own', () => {
    const config = crioDriver.configure(spec());
    const file = config.env['CONTAINER_REGISTRIES_CONF'] ?? '';
    expect(parseToml(config.files[file] ?? '')).toEqual({ registry: [{ location: 'localhost:5055', insecure: true }] });
  });

  it('gives OCI runtimes the state directory in which a container is looked for', () => {
    const config = crioDriver.configure(spec());
    expect(written()).toHaveProperty('runtime.runtimes.runc-1-1-15', {
      runtime_path: '/artifacts/runc-1.1.15/usr/sbin/runc',
      runtime_type: 'oci',
      runtime_root: config.runtimeState.replace('/{id}', ''),
      privileged_without_host_devices: false,
    });
    expect(flatten(written())).toMatchObject({
      'runtime.runtimes.runc-1-1-15-withheld.privileged_without_host_devices': true,
      'runtime.default_runtime': 'runc-1-1-15',
    });
  });

  it('has no handler that allows all devices, as CRI-O has no key for it', () => {
    expect(written()).toHaveProperty('runtime.runtimes.runc-1-1-15-withheld');
    expect(written()).not.toHaveProperty('runtime.runtimes.runc-1-1-15-all-allowed');
  });

  it('gives Kata a handler of type vm with its own configuration file', () => {
    const handler = kataHandler('withheld');
    expect(written({ handlers: [handler] })).toHaveProperty(
      `runtime.runtimes.${handler.name}`,
      expect.objectContaining({ runtime_type: 'vm', runtime_path: handler.path, runtime_config_path: handler.kata?.configPath }),
    );
    expect(written({ handlers: variantsOf('kata').map(kataHandler) })).toHaveProperty(
      'runtime.default_runtime',
      'kata-3-30-0-go-qemu',
    );
    expect(crioDriver.configure(spec({ handlers: [handler] })).files[handler.kata?.configPath ?? '']).toBe('[hypervisor.qemu]\n');
  });

  it('follows the switches, and looks for CDI nowhere when CDI is off', () => {
    const off = { device_ownership_from_security_context: false, cdi_spec_dirs: [] };
    const on = { device_ownership_from_security_context: true, cdi_spec_dirs: ['/run/podproof/cdi'] };
    expect(written({ options: { ...defaultOptions, deviceOwnership: false, cdi: false } })).toMatchObject({ runtime: off });
    expect(written()).toMatchObject({ runtime: on });
  });

  it('loads its AppArmor profile where it is asked for, and it then goes with the engine', () => {
    const configured = (appArmor: boolean) => crioDriver.configure(spec({ options: { ...defaultOptions, appArmor } }));
    expect(configured(true)).toMatchObject({ planned: { apparmor_profile: 'crio-default' }, profile: 'crio-default' });
    expect(configured(false)).toMatchObject({ planned: { apparmor_profile: 'unconfined' }, profile: undefined });
  });

  it.each(['1.24.6', '1.36.3'])('%s has the conmon of a pod where its cgroup driver allows it', (version) => {
    const keys = (cgroupDriver: CgroupDriver): unknown => {
      const { planned } = crioDriver.configure(specFixture('crio', version, { options: { ...defaultOptions, cgroupDriver } }));
      return [planned['cgroup_manager'], planned['conmon_cgroup']];
    };
    expect(keys('systemd')).toEqual(['systemd', 'system.slice']);
    expect(keys('cgroupfs')).toEqual(['cgroupfs', 'pod']);
  });

  it.each([
    ['1.20.0', ['namespaces_dir', 'drop_infra_ctr'], ['internal_wipe', 'clean_shutdown_file', 'cdi_spec_dirs', 'nri.enable_nri']],
    ['1.20.5', ['internal_wipe', 'clean_shutdown_file'], ['device_ownership_from_security_context']],
    ['1.21.0', ['clean_shutdown_file'], ['internal_wipe']],
    ['1.24.6', ['device_ownership_from_security_context', 'cdi_spec_dirs'], ['nri.enable_nri', 'image.signature_policy_dir']],
    ['1.27.0', ['nri.enable_nri', 'irqbalance_config_restore_file'], ['image.signature_policy_dir', 'disable_hostport_mapping']],
    ['1.30.14', ['image.signature_policy_dir', 'disable_hostport_mapping'], ['image.namespaced_auth_dir']],
    ['1.36.3', ['image.namespaced_auth_dir', 'nri.enable_nri'], []],
  ])('of %s plans %j and not %j, which it does not know', (version, known, unknown) => {
    const planned = Object.keys(crioDriver.configure(specFixture('crio', version)).planned);
    expect(planned).toEqual(expect.arrayContaining(known));
    expect(planned.filter((key) => unknown.some((word) => key.startsWith(word)))).toEqual([]);
  });

  it('has no Kata before 1.22, which cannot name its configuration', () => {
    const handler = kataHandler('plain');
    const why = (version: string): unknown =>
      crioDriver.reasonNot?.(specFixture('crio', version, { handlers: [handler] }), handler);
    expect(why('1.21.7')).toBe(
      `CRI-O 1.21.7 has no runtime_config_path, by which the handler "${handler.name}" names its configuration`,
    );
    expect(why('1.22.0')).toBeUndefined();
    expect(crioDriver.reasonNot?.(specFixture('crio', '1.21.7'), runcHandler('plain'))).toBeUndefined();
  });

  it('has no gVisor, whose containers it would never see started', () => {
    const { runtime, ...handler } = runcHandler('plain');
    const gvisor = { ...handler, runtime: { ...runtime, name: 'runsc' as const } };
    expect(crioDriver.reasonNot?.(specFixture('crio', '1.36.3', { handlers: [gvisor] }), gvisor)).toMatch(
      /StartContainer never answers$/,
    );
  });

  it('takes the names that some bundles give conmon', () => {
    const { crio: daemon = '', pinns = '' } = spec().binaries;
    const binaries = { crio: daemon, pinns, 'crio-conmon': '/bundle/crio-conmon' };
    expect(written({ binaries })).toHaveProperty('runtime.conmon', '/bundle/crio-conmon');
    expect(() => written({ binaries: { crio: daemon } })).toThrow(/CRI-O 1\.36\.3: its artifact has no executable "conmon"/);
  });
});

describe('the effective configuration of CRI-O', () => {
  it('is as planned when CRI-O answers with what was written, for any switches and handlers', () => {
    const handlers = [
      runcHandler('plain'),
      runcHandler('withheld'),
      runcHandler('all-allowed'),
      kataHandler('plain'),
      kataHandler('withheld'),
    ];
    const specs = fc.record({
      version: fc.constantFrom('1.21.7', '1.28.0', '1.36.3'),
      options: fc.record({
        deviceOwnership: fc.boolean(),
        cdi: fc.boolean(),
        snapshotter: fc.constantFrom(...keysOf(snapshotters)),
        cgroupDriver: fc.constantFrom(...cgroupDrivers),
        appArmor: fc.boolean(),
        defaultHandler: fc.constant('plain' as const),
      }),
      handlers: fc.subarray(handlers, { minLength: 1 }),
    });
    fc.assert(
      fc.property(specs, ({ version, ...change }) => {
        const config = crioDriver.configure(specFixture('crio', version, change));
        const answer = Object.values(config.files)[0]?.replaceAll(/^privileged_without_host_devices = false\n/gm, '') ?? '';
        expect(crioDriver.effective({ info: { config: answer }, dump: '' }, config.planned)).toMatchObject(config.planned);
      }),
    );
  });

  it('knows a flag of a printed handler that is left out where it is false, as 1.24 does', () => {
    const { printed, wanted } = crioDriver.reader;
    const handler = '[crio.runtime.runtimes.runc]\nruntime_path = "/bin/runc"\n';
    const key = 'runtimes.runc.privileged_without_host_devices';
    expect(printed(handler)).toMatchObject({ [key]: false });
    expect(printed(`${handler}privileged_without_host_devices = true\n`)).toMatchObject({ [key]: true });
    expect(wanted(handler)).not.toHaveProperty([key]);
  });

  it('shows a handler that was dropped by the absence of its path', () => {
    const spec = specFixture('crio', '1.36.3');
    const answer = writeToml({ crio: { runtime: { runtimes: { 'runc-1-1-15': { runtime_path: '/bin/runc' } } } } });
    const effective = crioDriver.effective({ info: { config: answer }, dump: '' }, {});
    expect(crioDriver.runtimePath(effective, runcHandler('plain'), spec)).toBe('/bin/runc');
    expect(crioDriver.runtimePath(effective, runcHandler('withheld'), spec)).toBe('');
  });

  it('is empty when CRI-O answers with something else than its tables', () => {
    expect(crioDriver.effective({ info: { config: 'crio = 1\n' }, dump: '' }, {})).toEqual({});
    expect(crioDriver.effective({ info: {}, dump: '' }, {})).toEqual({});
  });
});

describe('the reason for a dropped handler', () => {
  const line = (name: string, why: string): string =>
    `time="2026-11-21T06:30:00.1Z" level=warning msg="Runtime handler \\"${name}\\" is being ignored due to: ${why}" file="config.go:1629"\n`;

  it('is the last sentence of the log about this very handler', () => {
    const log =
      line('runc-1-1-15', 'first') + line('runc-1-1-15', 'a \\"quoted\\" reason') + line('runc-1-1-15-withheld', 'other');
    expect(crioDriver.reasonDropped?.(log, runcHandler('plain'))).toBe(
      'Runtime handler "runc-1-1-15" is being ignored due to: a "quoted" reason',
    );
  });

  it('is not known from a log that does not say it', () => {
    expect(crioDriver.reasonDropped?.('level=info msg="hello"\nmsg="\\x"\n', runcHandler('plain'))).toBeUndefined();
  });
});
