import { describe, expect, it } from 'vitest';
import { suites } from '../../suites/all.ts';
import type { Observation } from '../model/observation.ts';
import { isRefusal, type Question } from '../suite/question.ts';
import { catalogFor } from '../verbs/catalog.ts';
import { lines, pod, Recorded, recordedRuns } from '../testing/recorded.ts';

/** A recorded run, by the name of its folder: the texts below are those of its versions. */
async function recorded(name: string): Promise<Recorded> {
  const run = recordedRuns().find((each) => each.name === name);
  if (run === undefined) throw new Error(`results/reference/${name} is not there`);
  return Recorded.read(run.folder, catalogFor);
}

const containerd = await recorded('containerd-1.7.24');
const crio = await recorded('crio-1.36.3');
const crioKata = await recorded('kata-3.30.0-go-crio-1.36.3');
const kata = await recorded('kata-3.30.0-go-containerd-1.7.24');
const newerKata = await recorded('kata-4.1.0-go-containerd-1.7.24');
const versions = new Map(
  [containerd, crio, kata].flatMap(({ records }) =>
    records.plan.cells.map((cell) => [cell.runtime.name, cell.id.slice(cell.id.lastIndexOf('/') + 1)] as const),
  ),
);

/** `runc-1.1.15 user-and-group OWN-ON → fail` for `user-and-group OWN-ON → fail` of a runtime as `Recorded` writes it. */
function of(runtime: 'runc' | 'crun' | 'kata', ...expected: string[]): string[] {
  return expected.map((line) => `${versions.get(runtime)} ${line}`).sort();
}

/** The node in the guest. */
function seen(observation: Observation, path: string) {
  const entry = observation.guest?.dev.find((candidate) => candidate.path === path);
  if (entry === undefined) throw new Error(`The pod saw no ${path}`);
  return entry;
}

/** The process on the host. */
function vmm(observation: Observation) {
  const process = observation.host?.processes.find(({ role }) => role === 'vmm');
  if (process === undefined) throw new Error('The host showed no VMM');
  return process;
}

function asUser(observation: Observation, role: string): void {
  for (const process of observation.host?.processes ?? []) if (process.role === role) process.uids = [1000, 1000, 1000, 1000];
}

function attempt(observation: Observation, path: string, access: string) {
  const tried = observation.guest?.opens.find((candidate) => candidate.path === path && candidate.access === access);
  if (tried === undefined) throw new Error(`The pod did not try ${access} of ${path}`);
  return tried;
}

const block = '/dev/podproof-block';

type Change = [what: string, scenario: string, edit: (observation: Observation) => void, turned: string[]];

describe('one changed fact of a runc pod under containerd turns the questions that speak of it', () => {
  it.for<Change>([
    ['an owner off by one', 'user-and-group', (o) => void (seen(o, block).uid = 1001), ['OWN-ON → fail']],
    ['a group off by one', 'user-and-group', (o) => void (seen(o, block).gid = 2001), ['OWN-ON → fail']],
    ['a mode of 0666', 'user-and-group', (o) => void (seen(o, block).mode = '0666'), ['OWN-MODE → fail', 'OWN-ON → fail']],
    [
      'a node of a directory with another owner',
      'user-and-group',
      (o) => void (seen(o, '/dev/podproof-directory/second').uid = 33),
      ['OWN-DIRECTORY → fail'],
    ],
    [
      'a lost supplementary group',
      'user-and-group',
      (o) => o.guest && (o.guest.id = 'uid=1000 gid=2000 groups=2000'),
      ['OWN-ID → fail'],
    ],
    ['a refused open', 'user-and-group', (o) => void (attempt(o, block, 'read').error = 'EPERM'), ['OWN-ON → fail']],
    [
      'another disk under the right name',
      'user-and-group',
      (o) => o.guest?.canaries.forEach((read) => (read.content = 'somebody else’s disk')),
      ['OWN-ON → fail'],
    ],
    ['a group of its own', 'user-only', (o) => void (seen(o, block).gid = 0), ['OWN-USER-ONLY → fail']],
    ['an owner that is not the host’s', 'group-only', (o) => void (seen(o, block).uid = 0), ['OWN-GROUP-ONLY → fail']],
    ['an owner that is not the host’s', 'root', (o) => void (seen(o, block).uid = 0), ['OWN-ROOT → fail']],
    ['EPERM instead of EACCES', 'flag-off', (o) => void (attempt(o, block, 'read').error = 'EPERM'), ['OWN-OFF → fail']],
    ['EPERM instead of EACCES', 'image-user', (o) => void (attempt(o, block, 'read').error = 'EPERM'), ['OWN-IMAGE-USER → fail']],
    [
      'EACCES instead of EPERM',
      'read-only',
      (o) => void (attempt(o, '/dev/podproof-char', 'write').error = 'EACCES'),
      ['DEV-CGROUP → fail', 'crun DEV-RUNC-CONTRAST → fail'],
    ],
    [
      'a write that works',
      'read-only',
      (o) => void (attempt(o, '/dev/podproof-char', 'write').error = null),
      ['DEV-CGROUP → fail', 'crun DEV-RUNC-CONTRAST → fail'],
    ],
    [
      'one more node',
      'unprivileged',
      (o) => o.guest?.dev.push({ path: '/dev/kvm', type: 'c', major: 10, minor: 232, uid: 0, gid: 993, mode: '0660' }),
      ['PRIV-DEFAULT-DEV → fail'],
    ],
    [
      'a disk of the host',
      'unprivileged',
      (o) => o.guest?.dev.push({ path: '/dev/vdb', type: 'b', major: 254, minor: 16, uid: 0, gid: 6, mode: '0660' }),
      ['PRIV-DEFAULT-DEV → fail', 'PRIV-UNREACHED → fail'],
    ],
    ['a closed /dev/null', 'unprivileged', (o) => void (seen(o, '/dev/null').mode = '0600'), ['PRIV-DEFAULT-DEV → fail']],
    ['a capability', 'unprivileged', (o) => o.guest && (o.guest.credentials.capBnd = '00000000a82425fb'), ['PRIV-CAPS → fail']],
    [
      'no masked path',
      'unprivileged',
      (o) => o.spec?.linux && (o.spec.linux.maskedPaths = o.spec.linux.readonlyPaths = []),
      ['PRIV-CAPS → fail'],
    ],
    [
      'a node of the host less',
      'host-devices',
      (o) => o.guest && (o.guest.dev = o.guest.dev.filter(({ path }) => path !== '/dev/kvm')),
      ['PRIV-HOST-DEV → fail'],
    ],
    ['another owner', 'host-devices', (o) => void (seen(o, '/dev/kvm').gid = 0), ['PRIV-HOST-DEV → fail']],
    [
      'a read-only /sys',
      'host-devices',
      (o) => o.guest?.mounts.forEach((mount) => mount.target === '/sys' && (mount.options = 'ro,relatime')),
      ['PRIV-CAPS-FULL → fail'],
    ],
    [
      'the host’s owner of what was asked for',
      'host-devices-and-own',
      (o) => void (seen(o, '/dev/vdb').uid = 1234),
      ['PRIV-DUPLICATE → fail'],
    ],
    [
      'an open that works',
      'withheld',
      (o) => void (attempt(o, '/tmp/podproof-node', 'mknod').error = null),
      ['PRIV-WITHHELD-DENIED → fail'],
    ],
    [
      'an open that fails',
      'all-allowed',
      (o) => void (attempt(o, '/tmp/podproof-node', 'mknod').error = 'EPERM'),
      ['PRIV-ALL-DEVICES-ALLOWED → fail'],
    ],
    [
      'a process that stays',
      'removed',
      (o) => o.leftovers?.runtime.push('process 812 containerd-shim (shim, start 99)'),
      ['HYG-RUNTIME → fail'],
    ],
    [
      'a loop device of ours that stays',
      'removed',
      (o) => o.leftovers?.ours.push('loop device /dev/loop0: /podproof'),
      ['HYG-OURS → fail'],
    ],
    ['a boot of its own', 'plain', (o) => o.guest && (o.guest.bootId = 'another'), ['ID-GUEST → fail']],
    [
      'other words',
      'group-without-user',
      (o) => o.outcome.kind === 'refused' && (o.outcome.message = 'no such user'),
      ['OWN-GROUP-NEEDS-USER → fail'],
    ],
    [
      'another call',
      'group-without-user',
      (o) => o.outcome.kind === 'refused' && (o.outcome.call = 'StartContainer'),
      ['OWN-GROUP-NEEDS-USER → fail'],
    ],
  ])('%s in %s', ([, scenario, edit, turned]) => {
    // What another runtime is contrasted with is the pod of runc.
    const expected = turned.flatMap((line) =>
      line.startsWith('crun ') ? of('crun', `${scenario} ${line.slice(5)}`) : of('runc', `${scenario} ${line}`),
    );
    expect(containerd.after(pod('runc', scenario), edit)).toEqual(expected.sort());
  });

  it('and names the layer at fault', () => {
    const observations = containerd.edited(pod('runc', 'user-and-group'), (o) => void (seen(o, block).uid = 1001));
    expect(containerd.changedVerdicts({ records: { observations } })).toMatchObject([
      { layer: 'guest', observed: `${block} belongs to 1001:2000; /dev/podproof-char belongs to 1000:2000` },
    ]);
    const both = containerd.edited(pod('runc', 'user-and-group'), (o) => {
      seen(o, block).uid = 0;
      for (const device of o.spec?.linux?.devices ?? []) if (device.path === block) device.uid = 0;
    });
    expect(containerd.changedVerdicts({ records: { observations: both } })).toMatchObject([{ layer: 'oci-spec' }]);
  });
});

/** The questions whose documented answer has another word in one column, or other words of a refusal, than it has. */
function slips(): Array<[slip: string, id: string, change: (question: Question) => Question]> {
  return suites
    .flatMap(({ questions }) =>
      questions.flatMap(({ id, answers, reads }) =>
        Object.entries(answers).flatMap(([name, answer]) => {
          const seen =
            (change: (typeof answer)['seen']) =>
            (question: Question): Question => ({
              ...question,
              answers: { ...question.answers, [name]: { ...answer, seen: change } },
            });
          if (isRefusal(answer.seen)) return [[`${id} ${name} words`, id, seen({ message: /never said/ })] as const];
          const rows = [answer.seen].flat();
          return Object.keys(reads).map(
            (column) => [`${id} ${name} ${column}`, id, seen(rows.map((row) => ({ ...row, [column]: 'never seen' })))] as const,
          );
        }),
      ),
    )
    .map(([slip, id, change]) => [slip, id, change]);
}

describe('a slip in an answer turns its question wherever it was seen, and no other', () => {
  it.for(slips())('%s', ([slip, id, change]) => {
    const name = slip.split(' ')[1];
    const changed = suites.map((suite) => ({
      ...suite,
      questions: suite.questions.map((question) => (question.id === id ? change(question) : question)),
    }));
    for (const recordedRun of [containerd, kata]) {
      const had = recordedRun.verdicts.filter(({ question, answer }) => question === id && answer === name);
      const turned = recordedRun.changedVerdicts({ catalog: { suites: changed } });
      expect(lines(turned)).toEqual(lines(had.map((verdict) => ({ ...verdict, verdict: 'fail' }))));
    }
  });
});

describe('a run that tested something else', () => {
  it('is void for the pod whose runtime was another binary, and for every question on it', () => {
    const turned = containerd.after(
      pod('runc', 'unprivileged'),
      (o) => o.identity && (o.identity.runtimeSha256 = 'f'.repeat(64)),
    );
    expect(turned).toEqual(
      containerd
        .on('runc', 'unprivileged')
        .map((title) => `${title} → void`)
        .sort(),
    );
    expect(turned.length).toBeGreaterThan(2);
  });

  it('is void for every pod of the lease whose engine was another version', () => {
    const [lease] = containerd.records.observations.map(({ observation }) => observation.lease);
    const turned = containerd.withEvents((event) => {
      if (event.event === 'lease' && event.record.lease === lease) event.record.engine.reportedVersion = '1.7.25';
      return event;
    });
    const inLease = new Set(
      containerd.records.observations.flatMap(({ at, observation }) => (observation.lease === lease ? [at] : [])),
    );
    // A question that found nothing to compare was judged too.
    const expected = containerd.verdicts.filter(
      ({ verdict, observed, evidence }) => (verdict !== 'unsupported' || observed !== '') && inLease.has(evidence),
    );
    expect(turned).toEqual(lines(expected.map((verdict) => ({ ...verdict, verdict: 'void' }))));
    expect(turned.length).toBeGreaterThan(20);
  });

  it('fails where a planned key is not effective, without calling the pods void', () => {
    const turned = containerd.withEvents((event) => {
      if (event.event === 'lease' && event.record.engine.options['deviceOwnership'] === true) {
        event.record.engine.effective['device_ownership_from_security_context'] = false;
      }
      return event;
    });
    const expected = ['plain ID-CONFIG → fail', 'user-and-group OWN-EFFECTIVE → fail'];
    expect(turned).toEqual([...of('crun', ...expected), ...of('runc', ...expected)].sort());
  });
});

describe('a pod that was not observed', () => {
  const all = (verdict: string): string[] =>
    containerd
      .on('runc', 'user-and-group')
      .map((title) => `${title} → ${verdict}`)
      .sort();
  const lost = (repeated: boolean, consoleTail: string) => (o: Observation) =>
    void (o.outcome = {
      kind: 'host-lost',
      message: 'QEMU ended with exit code 1',
      consoleTail,
      lastCall: 'StartContainer',
      repeated,
    });
  const after = (edit: (o: Observation) => void): string[] => containerd.after(pod('runc', 'user-and-group'), edit);

  it('is missing', () => {
    expect(containerd.without(pod('runc', 'user-and-group'))).toEqual(all('missing'));
  });

  it('is an error when its launch was podproof’s own fault', () => {
    expect(after((o) => (o.outcome = { kind: 'error', message: 'the stream was closed', stack: '' }))).toEqual(all('error'));
  });

  it('is an error when the host was lost under emulation, once or twice', () => {
    expect(after(lost(false, 'Kernel panic'))).toEqual(all('error'));
    expect(after(lost(true, 'Kernel panic'))).toEqual(all('error'));
  });

  it('is a failure with the host’s words when the host was lost twice under KVM', () => {
    const events = containerd.records.events.map((event) =>
      event.event === 'host' ? { ...event, facts: { ...event.facts, accelerator: 'kvm' as const } } : event,
    );
    // What is effective in the engine was read before the host died.
    const failures = all('fail').filter((line) => !line.includes('OWN-EFFECTIVE'));
    const observations = containerd.edited(pod('runc', 'user-and-group'), lost(true, 'Kernel panic'));
    const turned = containerd.changedVerdicts({ records: { observations, events } });
    expect(turned.map(({ scenario, question, verdict }) => `${scenario} ${question} → ${verdict}`).sort()).toEqual(
      failures.map((line) => line.slice(line.indexOf(' ') + 1)).sort(),
    );
    for (const { observed } of turned) expect(observed).toBe('the host was lost: QEMU ended with exit code 1');
  });

  it('is an error when the emulator died of its own', () => {
    expect(after(lost(true, '[   93.1] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI'))).toEqual(all('error'));
  });

  it('is flaky, whatever its verdict, when an earlier try came to grief', () => {
    const first = containerd.edited(pod('runc', 'user-and-group'), lost(false, ''));
    const tried = first.filter(({ observation }) => observation.outcome.kind === 'host-lost');
    const observations = [...tried, ...containerd.records.observations];
    expect(containerd.changedVerdicts({ records: { observations } })).toEqual([]);
    const flaky = new Recorded({ ...containerd.records, observations }, catalogFor(containerd.records.plan)).verdicts;
    const marked = flaky.filter((verdict) => verdict.flaky === true).map((verdict) => `${verdict.scenario} ${verdict.question}`);
    expect(of('runc', ...marked)).toEqual(containerd.on('runc', 'user-and-group').sort());
  });
});

describe('a layer at fault', () => {
  const katasOwn = (question: string) =>
    crioKata.verdicts.find((verdict) => verdict.scenario === 'user-and-group' && verdict.question === question);

  it('is the OCI specification where CRI-O sends no file mode and the agent takes none: mode 000, and an open that it refuses', () => {
    for (const question of ['OWN-ON', 'OWN-MODE', 'OWN-KATA']) {
      expect(katasOwn(question), question).toMatchObject({ verdict: 'known', known: 'crio-kata-mode-000', layer: 'oci-spec' });
      const { layers = [] } = katasOwn(question) ?? {};
      expect(layers.map(({ layer, value, changed }) => `${changed ? '* ' : ''}${layer} ${value}`).slice(1)).toEqual([
        'engine-config no key changes it',
        '* oci-spec unset: the runtime chooses',
        'host 0640',
        'guest 0000',
      ]);
    }
  });

  it('is none where what deviates is no property of the device', () => {
    const refusedByCgroup = containerd.edited(
      pod('runc', 'user-and-group'),
      (o) => void (attempt(o, block, 'read').error = 'EPERM'),
    );
    const [turned, ...others] = containerd.changedVerdicts({ records: { observations: refusedByCgroup } });
    expect(others).toEqual([]);
    expect(turned).toMatchObject({ question: 'OWN-ON', verdict: 'fail' });
    expect(turned?.layer).toBeUndefined();
  });
});

describe('a known issue', () => {
  const wide = (o: Observation, mode: string): void =>
    o.guest?.dev.forEach((entry) => /podproof-(block|char)$/.test(entry.path) && (entry.mode = mode));

  it('is fixed where the deviation is gone', () => {
    expect(crio.after(pod('crun', 'root'), (o) => wide(o, '0640'))).toEqual(
      of('crun', 'root OWN-MODE → fixed', 'root OWN-ROOT → fixed'),
    );
  });

  it('does not cover another deviation', () => {
    expect(crio.after(pod('crun', 'root'), (o) => wide(o, '0777'))).toEqual(
      of('crun', 'root OWN-MODE → fail', 'root OWN-ROOT → fail'),
    );
    expect(crio.after(pod('runc', 'host-devices'), (o) => void (seen(o, '/dev/kvm').uid = 1000))).toEqual(
      of('runc', 'host-devices PRIV-HOST-DEV → fail'),
    );
  });

  it('turns a failure into known, and without its record it is a failure', () => {
    const known = [...crio.changedVerdicts({ catalog: { known: [] } })];
    expect(known.map(({ verdict }) => verdict)).toEqual(
      crio.verdicts.flatMap(({ verdict }) => (verdict === 'known' ? ['fail'] : [])),
    );
    expect(known.length).toBeGreaterThan(0);
  });
});

describe('one changed fact of a Kata pod turns the questions that speak of it', () => {
  it.for<Change>([
    [
      'a VMM of root, all ids',
      'rootless',
      (o) => Object.assign(vmm(o), { uids: [0, 0, 0, 0], gids: [0, 0, 0, 0] }),
      ['RVMM-FILES → fail', 'RVMM-UID → fail'],
    ],
    ['a VMM in group 0', 'rootless', (o) => void (vmm(o).gids = [0, 0, 0, 0]), ['RVMM-FILES → fail', 'RVMM-UID → fail']],
    ['a VMM whose only supplementary group is 0', 'rootless', (o) => void (vmm(o).groups = [0]), ['RVMM-GROUPS → fail']],
    ['a shim of another user', 'rootless', (o) => asUser(o, 'shim'), ['RVMM-SPLIT → fail']],
    [
      'no control socket',
      'rootless',
      (o) => o.host && (o.host.runUser = o.host.runUser.filter(({ type }) => type !== 's')),
      ['RVMM-FILES → fail'],
    ],
    ['a user that stays', 'killed', (o) => o.leftovers?.runtime.push('user kata-28602 (1000)'), ['RVMM-LEFTOVERS → fail']],
    ['a VMM with root as effective user', 'rootless', (o) => void (vmm(o).uids[1] = 0), ['RVMM-UID → fail']],
    ['a VMM with a capability', 'rootless', (o) => void (vmm(o).capEff = '0000000000200000'), ['RVMM-UID → fail']],
    ['a VMM with group 0 too', 'rootless', (o) => void vmm(o).groups.push(0), ['RVMM-GROUPS → fail']],
    ['a VMM without the group of /dev/kvm', 'rootless', (o) => void (vmm(o).groups = []), ['RVMM-GROUPS → fail']],
    ['a virtiofsd of its own user', 'rootless', (o) => asUser(o, 'virtiofsd'), ['RVMM-SPLIT → fail']],
    [
      'a runtime directory that is open to others',
      'rootless',
      (o) => o.host?.runUser.forEach((entry) => /^\/run\/user\/\d+$/.test(entry.path) && (entry.mode = '0755')),
      ['RVMM-FILES → fail'],
    ],
    ['an account that stays', 'rootless', (o) => o.leftovers?.runtime.push('user kata-28602 (1000)'), ['RVMM-LEFTOVERS → fail']],
    [
      'a VMM that stays',
      'rootless',
      (o) => o.leftovers?.runtime.push('process 812 qemu-system-x86 (vmm, start 99)'),
      ['RVMM-LEFTOVERS → fail'],
    ],
    ['a host that is clean', 'rootless', (o) => o.leftovers && (o.leftovers.runtime = []), ['RVMM-LEFTOVERS → fixed']],
    ['a VMM of another user', 'baseline', (o) => void (vmm(o).uids = [1000, 1000, 1000, 1000]), ['RVMM-BASELINE → fail']],
    ['one account for two pods', 'twins', (o) => o.host?.users.pop(), ['RVMM-DISTINCT → fail']],
    ['a group that is not the VMM’s', 'kvm-open', (o) => void (vmm(o).groups = [993]), ['RVMM-KVM-WIDE → fail']],
    [
      'EPERM instead of EACCES',
      'block-closed',
      (o) =>
        o.outcome.kind === 'refused' &&
        (o.outcome.message = o.outcome.message.replaceAll('Permission denied', 'Operation not permitted')),
      ['RVMM-BLOCK-EACCES → fail'],
    ],
    [
      'EPERM instead of EACCES',
      'vfio',
      (o) =>
        o.outcome.kind === 'refused' &&
        (o.outcome.message = o.outcome.message.replaceAll('Permission denied', 'Operation not permitted')),
      ['RVMM-VFIO-EACCES → fail'],
    ],
    ['an owner off by one', 'user-and-group', (o) => void (seen(o, block).uid = 1001), ['OWN-KATA → fail', 'OWN-ON → fail']],
    [
      'a mode of 0666',
      'user-and-group',
      (o) => void (seen(o, block).mode = '0666'),
      ['OWN-KATA → fail', 'OWN-MODE → fail', 'OWN-ON → fail'],
    ],
    ['numbers of no disk of the guest', 'user-and-group', (o) => void (seen(o, block).minor = 250), ['OWN-KATA → fail']],
    [
      'a function that did not come',
      'vfio-guest-kernel',
      (o) => o.guest && (o.guest.pci = o.guest.pci.filter(({ device }) => device !== '0x10d3')),
      ['DEV-VFIO-GUEST-KERNEL → fail'],
    ],
  ])('%s in %s', ([, scenario, edit, turned]) => {
    expect(kata.after(pod('kata', scenario), edit)).toEqual(of('kata', ...turned.map((line) => `${scenario} ${line}`)));
  });

  it.for<Change>([
    ['no seccomp filter', 'confined', (o) => void (vmm(o).seccomp = 0), ['RVMM-CONFINED → fail']],
    ['new privileges', 'confined', (o) => void (vmm(o).noNewPrivs = 0), ['RVMM-CONFINED → fail']],
    ['a VMM of root', 'confined', (o) => void (vmm(o).uids = [0, 0, 0, 0]), ['RVMM-CONFINED → fail']],
    ['an agent of another version', 'logged', (o) => (o.shimLog = o.shimLog?.replaceAll('4.1.0', '4.0.0')), ['ID-AGENT → fail']],
    ['an agent that says nothing', 'logged', (o) => (o.shimLog = ''), ['ID-AGENT → fail']],
    [
      'a shim that names no configuration',
      'logged',
      (o) => o.identity?.configuration && (o.identity.configuration.loaded = null),
      ['ID-AGENT → void', 'ID-SHIM-CONFIG → void'],
    ],
    ['a directory that stays', 'rootless', (o) => o.leftovers?.runtime.push('/run/user/1000'), ['RVMM-LEFTOVERS → fail']],
    ['a user that stays', 'killed', (o) => o.leftovers?.runtime.push('user kata-28602 (1000)'), ['RVMM-LEFTOVERS → fail']],
    [
      'another disk of the host that cannot be opened',
      'kata-host-devices',
      (o) =>
        o.outcome.kind === 'refused' &&
        (o.outcome.message = "QMP command failed: Could not open '/dev/sda': Read-only file system"),
      ['PRIV-CAPS-FULL → fail', 'PRIV-KATA-BLOCK → fail'],
    ],
  ])('%s in %s of Kata 4.1.0', ([, scenario, edit, turned]) => {
    const label = newerKata.records.plan.cells.map(({ id }) => id.slice(id.lastIndexOf('/') + 1))[0];
    expect(newerKata.after(pod('kata', scenario), edit)).toEqual(turned.map((line) => `${label} ${scenario} ${line}`).sort());
  });

  it('and a shim that loaded another configuration makes the whole pod void', () => {
    const turned = newerKata.after(pod('kata', 'rootless'), (o) => {
      if (o.identity?.configuration) o.identity.configuration.loaded = '/etc/kata-containers/configuration.toml';
    });
    expect(turned).toEqual(
      newerKata
        .on('kata', 'rootless')
        .map((title) => `${title} → void`)
        .sort(),
    );
    expect(turned.length).toBeGreaterThan(3);
  });

  it('and a guest that never answered at first marks what the second try showed', async () => {
    const { verdicts } = await recorded('kata-4.1.0-rust-containerd-1.7.24');
    const flaky = verdicts.filter((verdict) => verdict.flaky === true);
    expect(new Set(flaky.map(({ suite, scenario }) => `${suite} ${scenario}`))).toEqual(new Set(['identity plain']));
    expect(new Set(flaky.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
  });

  it('and an annotation that works is no longer a known issue', () => {
    const rootless = kata.records.observations.find(({ observation }) => observation.scenario === 'rootless')?.observation;
    const obeyed = (o: Observation): void => void (o.host = structuredClone(rootless?.host));
    expect(kata.after(pod('kata', 'annotation'), obeyed)).toEqual(of('kata', 'annotation RVMM-ANNOTATION → fixed'));
  });

  it.for<[string, (observation: Observation) => void]>([
    ['the host’s own kernel', (o) => o.guest && o.host && (o.guest.bootId = o.host.bootId)],
    ['no VMM of this sandbox', (o) => o.host && (o.host.processes = o.host.processes.filter(({ role }) => role !== 'vmm'))],
    ['another shim', (o) => o.identity && (o.identity.runtimeSha256 = 'f'.repeat(64))],
  ])('and %s makes the whole pod void', ([, edit]) => {
    const turned = kata.after(pod('kata', 'rootless'), edit);
    expect(turned).toEqual(
      kata
        .on('kata', 'rootless')
        .map((title) => `${title} → void`)
        .sort(),
    );
    expect(turned.length).toBeGreaterThan(3);
  });

  it('and a runc pod in the name of Kata is void, for every question on it', () => {
    const runc = containerd.records.observations.find(
      ({ observation }) => observation.scenario === 'user-and-group' && observation.identity?.stateOf === 'runc',
    )?.observation;
    expect(runc).toBeDefined();
    const turned = kata.after(pod('kata', 'user-and-group'), (o) =>
      Object.assign(o, { outcome: runc?.outcome, guest: runc?.guest, host: runc?.host, spec: runc?.spec }),
    );
    expect(turned).toEqual(
      kata
        .on('kata', 'user-and-group')
        .map((title) => `${title} → void`)
        .sort(),
    );
  });

  it('and a guest that never answered is an error, not a failed question', () => {
    const silent = kata.after(pod('kata', 'rootless'), (o) => {
      const message = 'Failed to Check if grpc server is working: rpc error: timed out connecting to vsock 1892:1024';
      o.outcome = { kind: 'refused', call: 'RunPodSandbox', code: 'UNKNOWN', message };
    });
    expect(silent).toEqual(
      kata
        .on('kata', 'rootless')
        .map((title) => `${title} → error`)
        .sort(),
    );
  });
});
