import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseToml, type TomlTable } from '../util/toml.ts';
import { containerd } from './containerd.ts';
import type { EngineSpec } from './engine.ts';
import { kataHandler, runcHandler, specFixture } from './spec-fixture.ts';

const cri = 'io.containerd.grpc.v1.cri';

function written(spec: EngineSpec): TomlTable {
  return parseToml(Object.values(containerd.configure(spec).files)[0] ?? '');
}

/** The table of the CRI plugin as containerd would read it. */
function criTable(spec: EngineSpec): TomlTable {
  const plugins = written(spec)['plugins'] as TomlTable;
  return plugins[cri] as TomlTable;
}

describe('the configuration of containerd', () => {
  it('is of schema 2 and fails to start without its CRI plugin', () => {
    expect(written(specFixture('containerd', '1.7.24'))).toMatchObject({ version: 2, required_plugins: [cri] });
  });

  it('keeps root, state, socket and the directories of plugins below its own', () => {
    const directory = '/var/lib/podproof/containerd-1.7.24';
    const table = written(specFixture('containerd', '1.7.24'));
    expect(table).toMatchObject({ root: `${directory}/root`, state: `${directory}/state` });
    expect(table).toMatchObject({ grpc: { address: `${directory}/state/c.sock` } });
    expect(table).toHaveProperty(['plugins', 'io.containerd.internal.v1.opt', 'path'], `${directory}/opt`);
  });

  it('gives each handler its runtime, a private state directory and its way with host devices', () => {
    const spec = specFixture('containerd', '1.7.24');
    const root = containerd.configure(spec).runtimeState.replace('/k8s.io/{id}', '');
    expect(criTable(spec)).toHaveProperty('containerd.runtimes.runc-1-1-15-withheld', {
      runtime_type: 'io.containerd.runc.v2',
      options: { BinaryName: '/artifacts/runc-1.1.15/usr/sbin/runc', Root: root, SystemdCgroup: false },
      privileged_without_host_devices: true,
      privileged_without_host_devices_all_devices_allowed: false,
    });
    expect(criTable(spec)).toHaveProperty('containerd.default_runtime_name', 'runc-1-1-15');
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
  ])('writes only the switches that $version has', ({ version, has, hasNot }) => {
    const keys = Object.keys(criTable(specFixture('containerd', version)));
    expect(keys).toEqual(expect.arrayContaining(has));
    expect(keys.filter((key) => hasNot.includes(key))).toEqual([]);
  });

  it('pulls over plain HTTP by a hosts.toml of its own', () => {
    const { files } = containerd.configure(specFixture('containerd', '1.7.24'));
    const [path = '', text = ''] = Object.entries(files).find(([name]) => name.endsWith('/hosts.toml')) ?? [];
    expect(path).toContain('/certs.d/localhost:5055/');
    expect(parseToml(text)).toMatchObject({ server: 'http://localhost:5055' });
  });

  it('writes the configuration file of each Kata handler and names it in the handler', () => {
    const handler = kataHandler('rootless');
    const spec = specFixture('containerd', '1.7.24', { handlers: [handler] });
    expect(containerd.configure(spec).files[handler.kata?.configPath ?? '']).toBe(handler.kata?.configuration);
    expect(criTable(spec)).toHaveProperty(`containerd.runtimes.${handler.name}.options`, {
      ConfigPath: handler.kata?.configPath,
    });
  });

  it('needs the daemon among the executables of its artifact', () => {
    expect(() => containerd.configure(specFixture('containerd', '1.7.24', { binaries: {} }))).toThrow(
      /no executable "containerd"/,
    );
  });
});

describe('the effective configuration of containerd', () => {
  it('is as planned when containerd answers in JSON with the keys of its Go structs', () => {
    const handlers = [runcHandler('plain'), runcHandler('withheld'), runcHandler('all-allowed'), kataHandler('vfio')];
    const specs = fc.record({
      version: fc.constantFrom('1.5.18', '1.6.20', '1.7.24', '2.3.4'),
      options: fc.record({ deviceOwnership: fc.boolean(), cdi: fc.boolean() }),
      handlers: fc.subarray(handlers, { minLength: 1 }),
    });
    fc.assert(
      fc.property(specs, ({ version, ...change }) => {
        const spec = specFixture('containerd', version, change);
        const { planned } = containerd.configure(spec);
        const effective = containerd.effective({ config: JSON.stringify(asGo(criTable(spec))) }, planned);
        expect(effective).toMatchObject(planned);
        for (const handler of spec.handlers) expect(containerd.runtimePath(effective, handler)).toBe(handler.path);
      }),
    );
  });

  it('shows a key that the version ignored by its absence', () => {
    const { planned } = containerd.configure(specFixture('containerd', '1.7.24'));
    expect(containerd.effective({ config: '{"enableSelinux":false}' }, planned)).not.toHaveProperty('enable_cdi');
    expect(containerd.effective({}, planned)).toEqual({});
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
