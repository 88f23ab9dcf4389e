import { describe, expect, it } from 'vitest';
import { crictlJson } from './crictl.ts';
import { ContainerConfigSchema, PodSandboxConfigSchema } from './gen/cri_pb.js';
import { containerConfig, sandboxConfig, type PodSpec } from './pod-spec.ts';

const spec: PodSpec = {
  name: 'p',
  uid: 'u',
  namespace: 'n',
  handler: 'runc',
  image: 'localhost:5000/podproof/probe:1',
  runAsUser: 1000,
  runAsGroup: 0,
  supplementalGroups: [3000],
  devices: [{ hostPath: '/dev/a', containerPath: '/dev/b', permissions: 'rw' }],
  cdiDevices: ['podproof/char=one'],
  hugepages: [{ pageSize: '2MB', limit: 4_194_304 }],
  userNamespace: { hostId: 65_536, length: 65_536 },
};

describe('JSON for crictl', () => {
  it('spells fields as the proto file does, with numbers for enums and 64-bit integers', () => {
    expect(crictlJson(ContainerConfigSchema, containerConfig(spec))).toMatchObject({
      metadata: { name: 'probe' },
      image: { image: spec.image, user_specified_image: spec.image },
      devices: [{ host_path: '/dev/a', container_path: '/dev/b', permissions: 'rw' }],
      CDI_devices: [{ name: 'podproof/char=one' }],
      linux: {
        resources: { hugepage_limits: [{ page_size: '2MB', limit: 4_194_304 }] },
        security_context: { run_as_user: { value: 1000 }, supplemental_groups: [3000] },
      },
    });
  });

  it('keeps an id of 0 apart from one that is not asked for', () => {
    const { runAsUser: _, ...anyUser } = spec;
    const { linux } = crictlJson(ContainerConfigSchema, containerConfig(anyUser));
    expect(linux).toHaveProperty('security_context.run_as_group', {});
    expect(linux).not.toHaveProperty('security_context.run_as_user');
  });

  it('keeps labels, annotations and the mapping of a user namespace', () => {
    const json = crictlJson(PodSandboxConfigSchema, sandboxConfig({ ...spec, sandboxAnnotations: { 'a/b': 'c' } }));
    expect(json).toMatchObject({
      metadata: { name: 'p', uid: 'u', namespace: 'n' },
      labels: { 'podproof/pod-uid': 'u' },
      annotations: { 'a/b': 'c' },
      linux: {
        security_context: {
          namespace_options: { userns_options: { uids: [{ host_id: 65_536, length: 65_536 }] } },
          supplemental_groups: [3000],
        },
      },
    });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });
});
