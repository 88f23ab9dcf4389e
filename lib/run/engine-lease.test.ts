import { describe, expect, it } from 'vitest';
import type { Artifact } from '../artifacts/artifact.ts';
import { engineDrivers } from '../engines/registry.ts';
import { componentKey, componentsOf, type Component, type PlannedCell } from '../model/cell.ts';
import { engineSpec, type SpecSetting } from './engine-lease.ts';
import { attachmentOf } from './host-lease.ts';
import { defaultOptions } from '../suite/scenario.ts';

const cni: NonNullable<PlannedCell['cni']> = { name: 'cni', version: '1.9.0', source: { kind: 'release' } };
const plugins = { bridge: 'bridge', 'host-local': 'host-local', loopback: 'loopback' };
const binaries: Partial<Record<Component['name'], Record<string, string>>> = {
  containerd: { containerd: 'bin/containerd' },
  crio: { crio: 'bin/crio', conmon: 'bin/conmon', pinns: 'bin/pinns' },
  runc: { runc: 'bin/runc' },
};

function cellOf(name: 'containerd' | 'crio', version: string, chosen?: typeof cni): PlannedCell {
  return {
    id: `metal/${name}-${version}/runc-1.4.0`,
    host: { id: 'metal', spec: { kind: 'ssh', destination: 'metal', disposable: true } },
    engine: { name, version, source: { kind: 'path' } },
    runtime: { name: 'runc', version: '1.4.0', source: { kind: 'path' } },
    ...(chosen === undefined ? {} : { cni: chosen }),
  };
}

/** What the engine of a cell is told of CNI plugins on a host that has these components. */
async function pluginDirectory(
  cell: PlannedCell,
  attached: readonly Component[],
  chosen: Record<string, string> = plugins,
): Promise<string> {
  const prefixes: SpecSetting['prefixes'] = new Map(
    attached.map((component) => {
      const { name, version } = component;
      const own = name === 'cni' ? chosen : (binaries[name] ?? {});
      const artifact: Artifact = { name, version, directory: '/cache', sha256: 'abcdef0123', source: 'path', binaries: own };
      return [componentKey(component), { artifact, path: `/opt/podproof/${attachmentOf(artifact).id}` }];
    }),
  );
  const setting: SpecSetting = {
    prefixes,
    registryPort: 5055,
    images: { pause: 'pause', root: 'root', user777: 'user' },
    host: { facts: { ownKernel: true, accelerator: 'kvm' } },
    fixtures: { cdiDirectory: '/run/podproof/cdi' },
  };
  const spec = await engineSpec(setting, { engine: cell.engine, cells: [cell] }, defaultOptions);
  const { planned } = engineDrivers[cell.engine.name].configure(spec);
  const names = Object.entries(planned).filter(([key]) => /(^|\.)(bin_dirs?|plugin_dirs)$/.test(key));
  // A list of one, or its only entry.
  return names.map(([, value]) => String(value).replace(/^\["(.*)"\]$/, '$1')).join();
}

describe('the configuration of an engine', () => {
  it.each([
    ['containerd', '1.7.24'],
    ['containerd', '2.3.4'],
    ['crio', '1.36.3'],
  ] as const)('names the attached CNI plugins to %s %s, and the host’s own where the plan has none', async (name, version) => {
    const chosen = cellOf(name, version, cni);
    expect(await pluginDirectory(chosen, componentsOf(chosen))).toBe('/opt/podproof/cni-1.9.0-abcdef01');
    const own = cellOf(name, version);
    expect(await pluginDirectory(own, componentsOf(own))).toBe('/usr/lib/cni');
  });

  it('names the directory in the prefix that holds them', async () => {
    const cell = cellOf('crio', '1.36.3', cni);
    const ofDebian = { bridge: 'usr/lib/cni/bridge' };
    expect(await pluginDirectory(cell, componentsOf(cell), ofDebian)).toBe('/opt/podproof/cni-1.9.0-abcdef01/usr/lib/cni');
  });

  it('is not written with the host’s own in the place of planned ones', async () => {
    const cell = cellOf('containerd', '2.3.4', cni);
    await expect(pluginDirectory(cell, [cell.engine, cell.runtime])).rejects.toThrow(
      'Cannot configure metal/containerd-2.3.4/runc-1.4.0: its CNI plugins 1.9.0 are not on the host',
    );
  });
});
