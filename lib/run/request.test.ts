import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { suites } from '../../suites/all.ts';
import { crictlJson } from '../cri/crictl.ts';
import { ContainerConfigSchema, PodSandboxConfigSchema } from '../cri/gen/cri_pb.js';
import { containerConfig, sandboxConfig } from '../cri/pod-spec.ts';
import { RecordedKubelet } from '../model/kubelet-record.ts';
import { fixtures } from '../testing/evidence.ts';
import { packageRoot } from '../util/paths.ts';
import { feature, type CellFacts } from '../suite/requirement.ts';
import type { PodScenario, ScenarioPod } from '../suite/scenario.ts';
import { podSpec, probeArguments } from './request.ts';

const cell: CellFacts = {
  id: 'cell',
  host: 'debian-13',
  engine: { name: 'containerd', version: '1.7.24' },
  runtime: { name: 'runc', version: '1.1.15' },
};
const where = {
  cgroupDriver: 'systemd' as const,
  handler: 'runc-1-1-15',
  cell,
  fixtures,
  images: { root: 'probe:1', user777: 'probe:777' },
};
const spec = (pod: ScenarioPod, change: Partial<typeof where> = {}) =>
  podSpec({ id: 'plain', title: 'pod', pod }, { ...where, ...change });
const podScenarios = suites.flatMap((suite) => suite.scenarios).filter((each) => 'pod' in each);
const numbers = new Map([[fixtures.char, 'c:10:229']]);

/** Names of the fields that are set, without what lists and maps hold: `config.linux.security_context.privileged`. */
function fieldsOf(path: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null || /(labels|annotations|unified)$/.test(path)) return [path];
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(`${path}[]`, each));
  return Object.entries(value).flatMap(([key, child]) => fieldsOf(`${path}.${key}`, child));
}

/** Those of all requests of real kubelets that are recorded. */
async function fieldsOfKubelets(): Promise<Set<string>> {
  const folder = join(packageRoot, 'results/kubelet');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const records = await Promise.all(
    names.map(async (name) => RecordedKubelet.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
  const requests = records.flatMap(({ pods }) => Object.values(pods).flatMap((pod) => pod.requests));
  return new Set(requests.flatMap(({ call, request }) => fieldsOf(call, request)));
}

describe('request of a pod', () => {
  it('shares the host’s network, except where a guest or a user namespace cannot', () => {
    expect(spec({}).hostNetwork).toBe(true);
    expect(spec({}, { cell: { ...cell, runtime: { name: 'kata', version: '3.30.0' } } }).hostNetwork).toBe(false);
    expect(spec({ userNamespace: true })).toMatchObject({
      hostNetwork: false,
      userNamespace: { hostId: 65_536, length: 65_536 },
    });
  });

  it('makes the sandbox privileged with its container, unless told otherwise', () => {
    expect(spec({ privileged: true })).toMatchObject({ privileged: true, sandboxPrivileged: true });
    expect(spec({ privileged: true, sandboxPrivileged: false })).toMatchObject({ privileged: true, sandboxPrivileged: false });
    expect(spec({})).toMatchObject({ privileged: false, sandboxPrivileged: false });
  });

  it('leaves out ids that the scenario leaves out, and sends 0 where it says 0', () => {
    expect(spec({}).runAsUser).toBeUndefined();
    expect(spec({ runAsUser: 0 }).runAsUser).toBe(0);
    expect(spec({ runAsGroup: 2000 }).runAsUser).toBeUndefined();
  });

  it('takes the image whose USER the scenario wants', () => {
    expect(spec({}).image).toBe('probe:1');
    expect(spec({ imageUser: 777 }).image).toBe('probe:777');
  });

  it('maps fixtures to where the scenario wants them, with all permissions unless it says fewer', () => {
    const devices = [
      { fixture: 'block', at: '/dev/podproof-block' },
      { fixture: 'char', permissions: 'r' },
    ] as const;
    expect(spec({ devices: [...devices] }).devices).toEqual([
      { hostPath: '/dev/vdb', containerPath: '/dev/podproof-block', permissions: 'rwm' },
      { hostPath: '/dev/podproof/char', containerPath: '/dev/podproof/char', permissions: 'r' },
    ]);
  });

  it('mounts huge pages only where they are asked for', () => {
    expect(spec({ hugepages: true })).toMatchObject({
      mounts: [{ hostPath: '/run/podproof/hugepages', containerPath: '/dev/hugepages' }],
      hugepages: [{ pageSize: '2MB', limit: 4 * 1024 * 1024 }],
    });
    expect(spec({})).not.toHaveProperty('mounts');
  });

  it('has a name and uid of its own each time, which is a DNS label', () => {
    const names = Array.from({ length: 20 }, () => spec({}).name);
    expect(new Set(names).size).toBe(20);
    for (const name of names) expect(name).toMatch(/^podproof-plain-[0-9a-f]{6}$/);
  });

  it('leaves a device out that this engine would refuse the pod for', () => {
    const asked = [{ fixture: 'char' }, { fixture: 'directory', needs: feature('directory-devices') }] as const;
    const paths = (version: string): string[] =>
      (spec({ devices: [...asked] }, { cell: { ...cell, engine: { name: 'containerd', version } } }).devices ?? []).map(
        ({ hostPath }) => hostPath,
      );
    expect(paths('1.4.13')).toEqual([fixtures.char]);
    expect(paths('1.5.18')).toEqual([fixtures.char, fixtures.directory]);
  });

  it('cannot be made with a fixture that the host has not', () => {
    const bare = { ...fixtures, vfioGroup: null };
    expect(() => spec({ devices: [{ fixture: 'vfioGroup' }] }, { fixtures: bare })).toThrow(
      'Cannot make a pod with the fixture "vfioGroup": this host has none',
    );
  });

  it('has no field that kubelets were never heard to send', async () => {
    const heard = await fieldsOfKubelets();
    const sent = podScenarios
      .map((scenario) => podSpec(scenario, where))
      .flatMap((made) => [
        ...fieldsOf('RunPodSandbox.config', crictlJson(PodSandboxConfigSchema, sandboxConfig(made))),
        ...fieldsOf('CreateContainer.config', crictlJson(ContainerConfigSchema, containerConfig(made))),
      ]);
    expect(sent.length).toBeGreaterThan(1_000);
    // None of the recorded pods has a plugin that answers with CDI devices; a real kubelet's are in kubelet.e2e.ts.
    expect([...new Set(sent)].filter((field) => !heard.has(field))).toEqual(['CreateContainer.config.CDI_devices[].name']);
  });

  it('can be made for every scenario of every suite, on a host that has everything', () => {
    for (const scenario of podScenarios) {
      const made = podSpec(scenario, where);
      expect(made.name.length, scenario.id).toBeLessThanOrEqual(63);
      expect(() => probeArguments(scenario.attempts ?? [], made, fixtures, numbers), scenario.id).not.toThrow();
    }
  });
});

describe('arguments of the probe', () => {
  const pod = spec({ devices: [{ fixture: 'block', at: '/dev/podproof-block' }] });
  const of = (...attempts: NonNullable<PodScenario['attempts']>) => probeArguments(attempts, pod, fixtures, numbers);

  it('name fixtures by their path in the container', () => {
    const path = { fixture: 'block' } as const;
    expect(of({ what: 'read', path }, { what: 'write', path }, { what: 'canary', path })).toEqual([
      'open:r:/dev/podproof-block',
      'open:w:/dev/podproof-block',
      'canary:/dev/podproof-block',
    ]);
    expect(of({ what: 'read', path: { fixture: 'blockPlain' } })).toEqual(['open:r:/dev/vdc']);
  });

  it('take literal paths, and the numbers of the fixture that a node is like', () => {
    expect(of({ what: 'writable', path: '/dev/hugepages/f' }, { what: 'mknod', path: '/tmp/n', like: 'char' })).toEqual([
      'writable:/dev/hugepages/f',
      'mknod:/tmp/n:c:10:229',
    ]);
  });

  it('make no node like one whose numbers nobody knows', () => {
    expect(() => of({ what: 'mknod', path: '/tmp/n', like: 'block' })).toThrow(/no numbers for the fixture "block"/);
    expect(() => of({ what: 'mknod', path: '/tmp/n' })).toThrow(/no numbers for the fixture "none"/);
  });
});
