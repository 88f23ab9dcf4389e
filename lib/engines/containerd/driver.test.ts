import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseToml, type TomlTable } from '../../util/toml.ts';
import { containerdDriver } from './driver.ts';
import { cgroupDrivers } from '../../model/cgroup-driver.ts';
import type { EngineSpec } from '../engine.ts';
import { snapshotters } from '../facts.ts';
import { variantsOf } from '../../suite/handler.ts';
import { defaultOptions } from '../../suite/scenario.ts';
import { kataHandler, runcHandler, specFixture } from '../../testing/engine-spec.ts';
import { keysOf } from '../../util/keys-of.ts';

const pause = specFixture('containerd', '1.7.24').pauseImage;
const cri = 'io.containerd.grpc.v1.cri';
const runtimeService = 'io.containerd.cri.v1.runtime';
const directoryOf = (version: string): string => `/var/lib/podproof/containerd-${version}`;

function written(spec: EngineSpec): TomlTable {
  return parseToml(Object.values(containerdDriver.configure(spec).files)[0] ?? '');
}

/** The table of the CRI plugin, or of its runtime service, as containerd would read it. */
function criTable(spec: EngineSpec): TomlTable {
  const plugins = written(spec)['plugins'] as TomlTable;
  return (plugins[runtimeService] ?? plugins[cri]) as TomlTable;
}

describe('the configuration of containerd', () => {
  it.each([
    { version: '1.3.10', schema: 2, required: [cri] },
    { version: '1.7.24', schema: 2, required: [cri] },
    { version: '2.0.11', schema: 3, required: [cri, runtimeService] },
    { version: '2.2.7', schema: 3, required: [cri, runtimeService] },
    { version: '2.3.4', schema: 4, required: [cri, runtimeService] },
    { version: '2.4.0-beta.0', schema: 4, required: [cri, runtimeService] },
  ])('of $version is of schema $schema and fails to start without its CRI plugin', ({ version, schema, required }) => {
    expect(written(specFixture('containerd', version))).toMatchObject({ version: schema, required_plugins: required });
  });

  it.each(['1.3.10', '1.5.18', '1.7.24', '2.1.9'])('of %s keeps its directories and both sockets below its own', (version) => {
    const table = written(specFixture('containerd', version));
    const directory = directoryOf(version);
    expect(table).toMatchObject({ root: `${directory}/root`, state: `${directory}/state` });
    expect(table).toMatchObject({ grpc: { address: `${directory}/state/c.sock` } });
    expect(table).toMatchObject({ ttrpc: { address: `${directory}/state/c.sock.ttrpc` } });
    expect(table).toHaveProperty(['plugins', 'io.containerd.internal.v1.opt', 'path'], `${directory}/opt`);
  });

  it('has one Kata shim only where a handler cannot name its own', () => {
    const [go, rust] = [kataHandler('plain'), { ...kataHandler('plain'), name: 'rust', path: '/kata/runtime-rs/bin/shim' }];
    const why = (version: string, handler = rust) =>
      containerdDriver.reasonNot?.(specFixture('containerd', version, { handlers: [runcHandler('plain'), go, rust] }), handler);
    expect(why('1.5.18')).toMatch(/^the handler "rust" cannot name its shim, and that of "kata\S+" comes first on the PATH$/);
    expect(why('1.5.18', go)).toBeUndefined();
    expect(why('1.5.18', runcHandler('plain'))).toBeUndefined();
    expect(why('1.6.20')).toMatch(/cannot name its shim/);
    expect(why('1.7.0')).toMatch(/cannot name its shim/);
    for (const version of ['1.6.21', '1.7.1']) expect(why(version), version).toBeUndefined();
  });

  it('of schema 4 has the sockets as plugins, as an omitted ttrpc would be that of the machine', () => {
    const table = written(specFixture('containerd', '2.3.4'));
    const state = `${directoryOf('2.3.4')}/state`;
    expect(table).not.toHaveProperty('grpc');
    expect(table).not.toHaveProperty('ttrpc');
    expect(table).toHaveProperty(['plugins', 'io.containerd.server.v1.grpc', 'address'], `${state}/c.sock`);
    expect(table).toHaveProperty(['plugins', 'io.containerd.server.v1.ttrpc', 'address'], `${state}/c.sock.ttrpc`);
    expect(table).toHaveProperty(['plugins', 'io.containerd.nri.v1.nri', 'socket_path'], `${state}/nri.sock`);
  });

  it('pins the pause image where images are a service of their own', () => {
    const images = ['plugins', 'io.containerd.cri.v1.images'];
    expect(written(specFixture('containerd', '2.1.9'))).toHaveProperty([...images, 'pinned_images', 'sandbox'], pause);
    expect(criTable(specFixture('containerd', '2.1.9'))).not.toHaveProperty('sandbox_image');
    expect(criTable(specFixture('containerd', '1.7.24'))).toHaveProperty('sandbox_image', pause);
  });

  it.each(['1.7.24', '2.1.9', '2.3.4'])('makes roots of block devices in a thin pool of its own, in %s', (version) => {
    const spec = specFixture('containerd', version, { options: { ...defaultOptions, snapshotter: 'devmapper' } });
    const { planned, thinPool } = containerdDriver.configure(spec);
    const plugin = 'plugins.io.containerd.snapshotter.v1.devmapper';
    expect(thinPool).toBe(`${directoryOf(version)}/pp-thin`);
    expect(planned).toMatchObject({ [`${plugin}.pool_name`]: 'pp-thin', [`${plugin}.root_path`]: `${thinPool}/snapshots` });
    expect(Object.entries(planned)).toContainEqual([expect.stringMatching(/(containerd|images)\.snapshotter$/), 'devmapper']);
    // A daemon whose pool is not there would serve all else.
    expect(planned['required_plugins']).toContain('io.containerd.snapshotter.v1.devmapper');
    expect(containerdDriver.configure(specFixture('containerd', version)).thinPool).toBeUndefined();
  });

  it.each(['1.7.24', '2.0.11', '2.3.4'])(
    'makes roots of block files from an empty one that is there before it starts, in %s',
    (version) => {
      const spec = specFixture('containerd', version, { options: { ...defaultOptions, snapshotter: 'blockfile' } });
      const { argv, planned } = containerdDriver.configure(spec);
      const scratch = `${directoryOf(version)}/scratch.ext4`;
      expect(argv.slice(0, 2)).toEqual(['sh', '-c']);
      expect(argv.slice(3, 5)).toEqual([scratch, spec.binaries['containerd']]);
      expect(planned).toMatchObject({ 'plugins.io.containerd.snapshotter.v1.blockfile.scratch_file': scratch });
      expect(planned['required_plugins']).toContain('io.containerd.snapshotter.v1.blockfile');
      expect(containerdDriver.configure(specFixture('containerd', version)).argv[0]).toBe(spec.binaries['containerd']);
    },
  );

  it('makes images of EROFS of layers by the differ for it', () => {
    const spec = specFixture('containerd', '2.3.4', { options: { ...defaultOptions, snapshotter: 'erofs' } });
    const { planned } = containerdDriver.configure(spec);
    expect(planned).toMatchObject({ 'plugins.io.containerd.service.v1.diff-service.default': '["erofs","walking"]' });
    expect(planned['required_plugins']).toContain('io.containerd.snapshotter.v1.erofs');
    expect(planned['required_plugins']).toContain('io.containerd.differ.v1.erofs');
  });

  it.each(['devmapper', 'blockfile', 'erofs'] as const)(
    'unpacks what it pulls for %s, which the transfer service of 2.1 does for overlayfs alone',
    (snapshotter) => {
      const unpacked = (version: string) =>
        written(specFixture('containerd', version, { options: { ...defaultOptions, snapshotter } }))['plugins'];
      const key = ['io.containerd.transfer.v1.local', 'unpack_config', 0, 'snapshotter'];
      expect(unpacked('2.3.4')).toHaveProperty(key, snapshotter);
      expect(unpacked('2.0.11')).not.toHaveProperty(key);
      expect(written(specFixture('containerd', '2.3.4'))['plugins']).not.toHaveProperty(key);
    },
  );

  it('names the CNI plugins in a list from 2.1 on, as both keys at once are refused', () => {
    expect(criTable(specFixture('containerd', '2.0.11'))['cni']).toMatchObject({ bin_dir: '/usr/lib/cni' });
    expect(criTable(specFixture('containerd', '2.1.0'))['cni']).toMatchObject({ bin_dirs: ['/usr/lib/cni'] });
    expect(criTable(specFixture('containerd', '2.1.0'))).not.toHaveProperty('cni.bin_dir');
  });

  it('names a mirror in its own table where no directory of hosts is read', () => {
    const mirrors = { mirrors: { 'localhost:5055': { endpoint: ['http://localhost:5055'] } } };
    expect(criTable(specFixture('containerd', '1.4.13'))['registry']).toEqual(mirrors);
    expect(criTable(specFixture('containerd', '1.5.0'))['registry']).toEqual({ config_path: `${directoryOf('1.5.0')}/certs.d` });
  });

  it('puts the directory of a Kata shim on the PATH where a handler cannot name the shim', () => {
    const handlers = [kataHandler('plain')];
    const [shim = ''] = handlers.map(({ path }) => path.slice(0, path.lastIndexOf('/')));
    const path = (version: string) => containerdDriver.configure(specFixture('containerd', version, { handlers })).env['PATH'];
    expect(path('1.5.18')?.split(':')[0]).toBe(shim);
    expect(path('1.6.20')?.split(':')[0]).toBe(shim);
    expect(path('1.6.21')?.split(':')).not.toContain(shim);
  });

  it('gives each handler its runtime, a private state directory and its way with host devices', () => {
    const spec = specFixture('containerd', '1.7.24');
    const root = containerdDriver.configure(spec).runtimeState.replace('/k8s.io/{id}', '');
    expect(criTable(spec)).toHaveProperty('containerd.runtimes.runc-1-1-15-withheld', {
      runtime_type: 'io.containerd.runc.v2',
      options: { BinaryName: '/artifacts/runc-1.1.15/usr/sbin/runc', Root: root, SystemdCgroup: true },
      privileged_without_host_devices: true,
      privileged_without_host_devices_all_devices_allowed: false,
    });
    expect(criTable(spec)).toHaveProperty('containerd.default_runtime_name', 'runc-1-1-15');
  });

  it('runs a pod that names no handler, as those of a kubelet without an API server, as an ordinary one of its first cell', () => {
    const spec = specFixture('containerd', '1.7.24', { handlers: variantsOf('kata').map(kataHandler) });
    expect(criTable(spec)).toHaveProperty('containerd.default_runtime_name', 'kata-3-30-0-go-qemu');
  });

  it('allows all devices only together with withheld ones, as containerd does not start otherwise', () => {
    const runtimes = criTable(specFixture('containerd', '2.1.9'));
    expect(runtimes).toHaveProperty(
      'containerd.runtimes.runc-1-1-15-all-allowed',
      expect.objectContaining({
        privileged_without_host_devices: true,
        privileged_without_host_devices_all_devices_allowed: true,
      }),
    );
  });

  it.each([
    { version: '1.5.18', has: [], hasNot: ['device_ownership_from_security_context', 'enable_cdi', 'cdi_spec_dirs'] },
    { version: '1.6.20', has: ['device_ownership_from_security_context'], hasNot: ['enable_cdi', 'cdi_spec_dirs'] },
    { version: '1.7.24', has: ['device_ownership_from_security_context', 'enable_cdi', 'cdi_spec_dirs'], hasNot: [] },
    { version: '2.4.2', has: ['device_ownership_from_security_context', 'cdi_spec_dirs'], hasNot: ['enable_cdi'] },
  ])('writes only the switches that $version has', ({ version, has, hasNot }) => {
    const keys = Object.keys(criTable(specFixture('containerd', version)));
    expect(keys).toEqual(expect.arrayContaining(has));
    expect(keys.filter((key) => hasNot.includes(key))).toEqual([]);
  });

  it('pulls over plain HTTP by a hosts.toml of its own', () => {
    const { files } = containerdDriver.configure(specFixture('containerd', '1.7.24'));
    const [path = '', text = ''] = Object.entries(files).find(([name]) => name.endsWith('/hosts.toml')) ?? [];
    expect(path).toContain('/certs.d/localhost:5055/');
    expect(parseToml(text)).toMatchObject({ server: 'http://localhost:5055' });
  });

  it('writes the configuration file of each Kata handler and names it in the handler', () => {
    const handler = kataHandler('rootless');
    const spec = specFixture('containerd', '1.7.24', { handlers: [handler] });
    expect(containerdDriver.configure(spec).files[handler.kata?.configPath ?? '']).toBe(handler.kata?.configuration);
    expect(criTable(spec)).toHaveProperty(`containerd.runtimes.${handler.name}.options`, {
      ConfigPath: handler.kata?.configPath,
    });
  });

  it.each(['1.3.10', '1.7.24', '2.3.4'])(
    'of %s has AppArmor where it is asked for, and the profile then goes with it',
    (version) => {
      const on = specFixture('containerd', version, { options: { ...defaultOptions, appArmor: true } });
      expect(containerdDriver.configure(on)).toMatchObject({
        planned: { disable_apparmor: false },
        profile: 'cri-containerd.apparmor.d',
      });
      expect(criTable(specFixture('containerd', version))).toHaveProperty('disable_apparmor', true);
      expect(containerdDriver.configure(specFixture('containerd', version)).profile).toBeUndefined();
    },
  );

  it('needs the daemon among the executables of its artifact', () => {
    expect(() => containerdDriver.configure(specFixture('containerd', '1.7.24', { binaries: {} }))).toThrow(
      /no executable "containerd"/,
    );
  });
});

describe('the effective configuration of containerd', () => {
  it('is as planned when containerd answers in JSON with the keys of its Go structs', () => {
    const handlers = [runcHandler('plain'), runcHandler('withheld'), runcHandler('all-allowed'), kataHandler('vfio')];
    const specs = fc.record({
      version: fc.constantFrom('1.3.10', '1.4.13', '1.5.18', '1.6.20', '1.7.24', '2.0.11', '2.2.7', '2.3.4'),
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
        const spec = specFixture('containerd', version, change);
        const { planned, files } = containerdDriver.configure(spec);
        const info = { config: JSON.stringify(asGo(criTable(spec))) };
        const effective = containerdDriver.effective({ info, dump: Object.values(files)[0] ?? '' }, planned);
        expect(effective).toMatchObject(planned);
        for (const handler of spec.handlers) expect(containerdDriver.runtimePath(effective, handler, spec)).toBe(handler.path);
      }),
    );
  });

  it.for(['1.3.10', '1.4.13'])('plans no option of a runtime for containerd %s to tell, and asks the shim instead', (version) => {
    const spec = specFixture('containerd', version);
    const { planned, runtimeFile, files } = containerdDriver.configure(spec);
    expect(Object.values(files)[0]).toContain('BinaryName = ');
    expect(Object.keys(planned).filter((key) => key.includes('.options.'))).toEqual([]);
    expect(runtimeFile).toBe(`${spec.directory}/state/io.containerd.runtime.v2.task/k8s.io/{id}/runtime`);
    for (const handler of spec.handlers) expect(containerdDriver.runtimePath({}, handler, spec)).toBe(handler.path);
    expect(containerdDriver.configure(specFixture('containerd', '1.5.18'))).not.toHaveProperty('runtimeFile');
  });

  it('shows a key that the version ignored by its absence', () => {
    const { planned } = containerdDriver.configure(specFixture('containerd', '1.7.24'));
    const info = { config: '{"enableSelinux":false}' };
    expect(containerdDriver.effective({ info, dump: '' }, planned)).not.toHaveProperty('enable_cdi');
    expect(containerdDriver.effective({ info: {}, dump: '' }, planned)).toEqual({});
  });

  it('takes from what the file comes to only what was planned, and believes the running engine more', () => {
    const { planned } = containerdDriver.configure(specFixture('containerd', '2.3.4'));
    const dump = 'root = "/elsewhere"\noom_score = 3\nenable_cdi = false\n';
    expect(containerdDriver.effective({ info: { config: '{"enableCDI":true}' }, dump }, planned)).toEqual({
      root: '/elsewhere',
      enable_cdi: true,
    });
  });

  it('finds the keys that containerd says it ignores', () => {
    const line =
      'time="2026-11-21T08:50:17Z" level=warning msg="Ignoring unknown key in TOML for plugin" error="strict mode: fields in the document are missing in the target struct" key="containerd runtimes x" plugin=io.containerd.grpc.v1.cri';
    expect(containerdDriver.ignoredKey?.exec(line)?.[1]).toBe('"containerd runtimes x"');
    expect(containerdDriver.ignoredKey?.exec(line.replace('"containerd runtimes x"', 'enable_cd'))?.[1]).toBe('enable_cd');
  });
});

/** Keys as `json:"enableCDI"` has them: camel case but for those of a runtime's options and handler names. */
function asGo(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      asGo(child),
    ]),
  );
}

it('says in one line that the engine reported no configuration', () => {
  const { planned } = containerdDriver.configure(specFixture('containerd', '1.7.24'));
  const told = () => containerdDriver.effective({ info: { config: '{"enableCDI":\nrue}' }, dump: '' }, planned);
  expect(told).toThrow(/^Cannot read the configuration that containerd reports: .+$/);
});
