import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fixtures } from '../testing/evidence.ts';
import { mediaWorkload, plainUser } from '../testing/pods.ts';
import { parseToml } from '../util/toml.ts';
import { cdiName, cdiSpecification } from './cdi.ts';
import { parseDevice } from './device-spec.ts';
import { devicesOf, placeDevices } from './devices.ts';
import type { FixId } from './fix.ts';
import { planFixes } from './fixes.ts';
import { fixText } from './fix-text.ts';
import { acceptedFixes } from './refusals.ts';

const workload = mediaWorkload();
const resources = [parseDevice('gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660')];
const { placed } = placeDevices(devicesOf(workload.pod, { resources, described: [] }), fixtures);
const path = '/dev/dri/renderD128';
const fixes = planFixes(
  workload.pod,
  [
    {
      name: 'media',
      who: plainUser,
      notHeld: [],
      devices: [
        {
          device: { origin: { kind: 'resource', name: 'gpu.intel.com/i915' }, path },
          node: { path, type: 'c', uid: 0, gid: 105, mode: '0660' },
          obstacles: ['file mode'],
          usable: false,
        },
      ],
    },
  ],
  { engine: { name: 'containerd', version: '1.7.24' }, disposable: true },
);

function textOf(id: FixId): ReturnType<typeof fixText> {
  const fix = fixes.find((each) => each.id === id);
  if (fix === undefined) throw new Error(`no fix ${id} was planned`);
  return fixText(fix, workload, placed, { uid: 1000, gid: 2000 }, ['containerd', 'crio']);
}

describe('what to copy for a fix', () => {
  test('of the manifest is a patch of it', () => {
    const { extension, text } = textOf('groups');
    expect(extension).toBe('yaml');
    expect(parse(text)).toEqual({ spec: { template: { spec: { securityContext: { supplementalGroups: [105] } } } } });
  });

  test('of the engine is a piece of the configuration of each engine that was tried', () => {
    const { extension, text } = textOf('ownership');
    expect(extension).toBe('toml');
    expect(parseToml(text)).toEqual({
      plugins: { 'io.containerd.grpc.v1.cri': { device_ownership_from_security_context: true } },
      crio: { runtime: { device_ownership_from_security_context: true } },
    });
  });

  test('of a Kata handler is a piece of its configuration', () => {
    const [port, mode] = acceptedFixes(
      workload.pod,
      'cold_plug_vfio= or hot_plug_vfio= port is not set for device 0000:00:08.0',
    ).map((fix) => parseToml(fixText(fix, workload, placed, { uid: 1000, gid: 2000 }, ['containerd']).text));
    const hypervisor = { qemu: { hot_plug_vfio: 'root-port', pcie_root_port: 2 } };
    expect(port).toEqual({ hypervisor });
    expect(mode).toEqual({ hypervisor, runtime: { vfio_mode: 'vfio' } });
  });

  test('of the node is a rule of udev, or a specification of CDI for its own path', () => {
    expect(textOf('mode').text).toContain('KERNEL=="renderD128", MODE="0666"');
    expect(parse(textOf('cdi').text)).toMatchObject({
      devices: [{ containerEdits: { deviceNodes: [{ path, hostPath: path, uid: 1000, gid: 2000, fileMode: 0o660 }] } }],
    });
  });

  test('of privileges without host devices names the key of the runtime handler beside the patch', () => {
    const { text } = textOf('privileged-withheld');
    expect(text).toContain('privileged_without_host_devices = true');
    expect(parse(text)).toMatchObject({
      spec: { template: { spec: { containers: [{ name: 'media', securityContext: { privileged: true } }] } } },
    });
  });

  test('names what is another on every node, of PCI functions and disks', () => {
    const others = placed.map((device) => ({ ...device, source: { kind: 'vfio' as const } }));
    const mode = fixes.find(({ id }) => id === 'mode');
    const cdi = fixes.find(({ id }) => id === 'cdi');
    if (mode === undefined || cdi === undefined) throw new Error('no such fix was planned');
    expect(fixText(mode, workload, others, { uid: 1, gid: 1 }, []).text).toContain('SUBSYSTEM=="vfio", MODE="0666"');
    expect(fixText(cdi, workload, others, { uid: 1, gid: 1 }, []).text).toContain('hostPath: /dev/vfio/GROUP');
  });

  test('is there for every fix', () => {
    for (const { id } of fixes) expect(textOf(id).text, id).toMatch(/\w/);
  });
});

test('a CDI specification gives the stand-in on the host to the ids of the process, by the name that requests use', () => {
  const moded = placed.map(({ nodes, ...rest }) => ({ ...rest, nodes: nodes.map((node) => ({ ...node, mode: '0640' })) }));
  const { kind, text } = cdiSpecification(moded, () => ({ uid: 7, gid: 8 }));
  const [device] = placed;
  expect(device && cdiName(device)).toBe(`${kind}=device-0`);
  expect(parse(text)).toEqual({
    cdiVersion: '0.5.0',
    kind,
    devices: [
      {
        name: 'device-0',
        containerEdits: {
          deviceNodes: [{ path, hostPath: '/dev/podproof/try/0/renderD128', permissions: 'rw', uid: 7, gid: 8, fileMode: 0o640 }],
        },
      },
    ],
  });
});
