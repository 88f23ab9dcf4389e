import { describe, expect, test } from 'vitest';
import { exitOf } from '../model/trial-answer.ts';
import { helpsOf } from '../model/trial-help.ts';
import { kubeletTrial, sampleTrial, sightIn } from '../testing/trial.ts';
import { moreText } from './trial-reach.ts';
import { reasonsOf } from './trial-reasons.ts';
import { modeText, trialText } from './trial-text.ts';

const trial = sampleTrial();
const [first] = trial.attempts;
if (first === undefined) throw new Error('the sample has no attempt');

describe('the table of a trial', () => {
  test('has a row for the pod as it is and for each fix, a column for each cell, and what a fix lets it reach', () => {
    expect(trialText(trial, { folder: 'results/latest' })).toBe(`\
Deployment media, container media: uid=1000 gid=1000 groups=1000, no
  capabilities, seccomp
/dev/dri/renderD128  crw-rw---- 0:105 on the node  (gpu.intel.com/i915)

                           containerd 1.7.24   CRI-O 1.36.3
                           runc 1.1.15         runc 1.1.15
 as it is                  EACCES              opens, 0666⚠
 supplementalGroups: [105] opens               opens, 0666⚠
 ownership key (node)      opens               –
 privileged                EACCES              opens, 0666⚠
   … and then reaches      142 more nodes, 4 disks of the host, all capabilities
                           (cells differ)
 ⚠ open to everybody in the container, and not on the node

Why it fails
  containerd 1.7.24 with runc 1.1.15: /dev/dri/renderD128, the file mode: read
    fails with EACCES: it is 0:105 0660, and the process has uid 1000 and the
    groups 1000

Smallest change: supplementalGroups: [105]
  patch: results/latest/fix-1.yaml
  costs: whatever else of the node belongs to the group, where the pod is given
         it
Not looked at: spec.replicas
`);
  });

  test('names the kubelet that made the pods, whether it asked as podproof does, and its place on the way of a device', () => {
    const text = trialText(kubeletTrial());
    expect(text).toMatch(/ runc 1\.1\.15 .*\n +kubelet 1\.37\.2 +kubelet 1\.37\.2\n/);
    expect(text).toContain(`\
Asked for by kubelet 1.37.2, in every field as podproof asks
The way of /dev/dri/renderD128
  manifest             gpu.intel.com/i915: 1
  kubelet              a device plugin gives /dev/podproof/try/0/renderD128 rw
  CRI request          runAsGroup 1000
  container node       105  ←
`);
    expect(trialText(kubeletTrial([{ field: 'sandbox: hostname', ours: '"a"', kubelet: '"b"' }]))).toContain(
      'otherwise than podproof asks:\n  sandbox: hostname: "b", by podproof "a"\n',
    );
  });

  test('is never wider than its terminal', () => {
    for (const width of [60, 80, 120])
      for (const line of trialText(trial, { width }).split('\n')) expect(line.length, line).toBeLessThanOrEqual(width);
  });

  test('puts cells that are too many below each other, and says which were blocked', () => {
    const cells = Array.from({ length: 7 }, (_, index) => ({
      id: `h/e-${index}/r`,
      engine: `containerd 1.7.${index}`,
      runtime: 'runc 1.1.15',
    }));
    const blocked = { id: 'h/e-7/r', engine: 'crio 1.36.3', runtime: 'crun 1.21', blocked: 'no such file' };
    const attempts = cells.map(({ id }) => ({ ...first, cell: id }));
    const text = trialText(sampleTrial({ cells: [...cells, blocked], attempts, fixes: [] }));
    for (const { engine } of cells) expect(text).toContain(engine);
    expect(text).not.toContain('crio 1.36.3');
    expect(text).toContain('Blocked  h/e-7/r: no such file');
  });

  test('says so where nothing has to be changed, and where nothing helps', () => {
    const opens = { ...first, containers: [sightIn(null)] };
    expect(trialText(sampleTrial({ attempts: [opens], fixes: [] }))).toContain('It can use all its devices as it is.');
    const closed = [first, { ...first, fix: 'groups' }];
    expect(trialText(sampleTrial({ attempts: closed }))).toContain('Nothing that was tried helps.');
  });

  test('says whose each device is, where several containers have some', () => {
    const [device] = sampleTrial().devices;
    if (device === undefined) throw new Error('the sample has no device');
    const sight = sightIn('EACCES');
    const attempts = [{ ...first, containers: [sight, { ...sight, name: 'beside' }] }];
    const devices = [device, { ...device, container: 'beside' }];
    const text = trialText(sampleTrial({ attempts, devices, fixes: [] }));
    expect(text).toContain('/dev/dri/renderD128  crw-rw---- 0:105 on the node  (gpu.intel.com/i915,\n  container beside)');
    expect(text).toMatch(/^ {3}media …\S*renderD128 +EACCES/m);
    expect(text).toMatch(/^ {3}beside …\S*renderD128 +EACCES/m);
    expect(text).toMatch(/container beside, \/dev\/dri\/renderD128, the\s+file\s+mode/);
  });

  test('tells a reason that two containers have once for each cell', () => {
    const sight = sightIn('EACCES');
    const attempts = [{ ...first, containers: [sight, { ...sight, name: 'second' }] }];
    const where = ['containerd 1.7.24 with runc 1.1.15'];
    expect(reasonsOf(sampleTrial({ attempts, fixes: [] })).map((reason) => reason.where)).toEqual([where]);
  });

  test('has what the engine said where it refused the pod', () => {
    const refused = { ...first, outcome: 'refused' as const, reason: 'CreateContainer: no such device', containers: [] };
    expect(trialText(sampleTrial({ attempts: [refused], fixes: [] }))).toContain('CreateContainer: no such device');
  });

  test('lets no data move the cursor', () => {
    const hostile = sampleTrial({ manifest: { file: 'x', kind: 'Pod', name: '\u001b[2Jx\u202e' } });
    expect(trialText(hostile)).not.toMatch(/[\u001b\u202e]/);
  });
});

test('what a fix gives away is what the pod could not touch before', () => {
  const widened = {
    ...first,
    containers: [
      sightIn(null, '0660', {
        nodes: 9,
        disks: ['/dev/vda'],
        madeDisk: true,
        groups: [],
        capabilities: ['SYS_ADMIN'],
        bounding: 41,
      }),
    ],
  };
  expect(moreText(first, widened)).toBe('1 more node, 1 disk of the host, SYS_ADMIN');
  expect(moreText(widened, first)).toBe('');
  const byNode = {
    ...first,
    containers: [sightIn(null, '0660', { nodes: 8, disks: [], madeDisk: true, groups: [], capabilities: [], bounding: 41 })],
  };
  expect(moreText(first, byNode)).toBe('any disk of the host, by mknod, 41 capabilities for setuid programs');
});

test('a mode is shown as ls(1) prints it', () => {
  expect(modeText({ type: 'c', mode: '0660' })).toBe('crw-rw----');
  expect(modeText({ type: 'b', mode: '0755' })).toBe('brwxr-xr-x');
});

describe('what to change first', () => {
  test('is the first fix of those that work in most cells', () => {
    expect(helpsOf(trial)).toMatchObject([{ aim: 'Smallest change', fix: { id: 'groups' }, cells: 1, of: 1 }]);
    expect(helpsOf(sampleTrial({ attempts: [first] }))).toEqual([]);
  });

  test('is reported of the nodes and of the manifest, and privileges are no advice', () => {
    const [, ownership, privileged] = trial.fixes;
    if (ownership === undefined || privileged === undefined) throw new Error('the sample has other fixes');
    const user = { ...ownership, id: 'user', title: 'runAsUser: 0', by: 'manifest' as const };
    const opened = (fix: string) => ({ ...first, fix, containers: [sightIn(null)] });
    const attempts = [first, opened('ownership'), opened('user'), opened('privileged')];
    const aims = (fixes: typeof trial.fixes) =>
      helpsOf(sampleTrial({ attempts, fixes })).map(({ aim, fix }) => `${aim}: ${fix.title}`);
    expect(aims([ownership, user, privileged])).toEqual([
      'Smallest change: device_ownership_from_security_context = true',
      'In the manifest alone: runAsUser: 0',
    ]);
    expect(aims([ownership, privileged])).toEqual(['Smallest change: device_ownership_from_security_context = true']);
  });

  test('of capabilities that the process lacks stands apart from that of devices', () => {
    const lacking = { ...sightIn('EACCES'), notHeld: ['IPC_LOCK'] };
    const [groups, , privileged] = trial.fixes;
    if (groups === undefined || privileged === undefined) throw new Error('the sample has other fixes');
    const user = { ...groups, id: 'user', title: 'runAsUser: 0' };
    const attempts = [
      { ...first, containers: [lacking] },
      { ...first, fix: 'groups', containers: [{ ...sightIn(null), notHeld: ['IPC_LOCK'] }] },
      { ...first, fix: 'user', containers: [sightIn(null)] },
    ];
    const helps = helpsOf(sampleTrial({ attempts, fixes: [groups, user] }));
    expect(helps.map(({ aim, fix }) => `${aim}: ${fix.title}`)).toEqual([
      'Smallest change: supplementalGroups: [105]',
      'For IPC_LOCK: runAsUser: 0',
    ]);
  });
});

test('a trial ends with 0 where all opens, with 1 where something does not, and with 75 where nobody knows', () => {
  const opens = { ...first, containers: [sightIn(null)] };
  const error = { ...first, outcome: 'error' as const, containers: [] };
  const cells = trial.cells.map((cell) => ({ ...cell, blocked: 'no host' }));
  expect(exitOf([sampleTrial({ attempts: [opens] })])).toBe(0);
  expect(exitOf([trial])).toBe(1);
  expect(exitOf([sampleTrial({ attempts: [opens, error] })])).toBe(75);
  expect(exitOf([sampleTrial({ attempts: [first, error] })])).toBe(1);
  expect(exitOf([sampleTrial({ attempts: [], cells })])).toBe(75);
});
