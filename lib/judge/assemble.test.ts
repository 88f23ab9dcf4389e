import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document } from '../model/document.ts';
import type { JournalEvent } from '../model/journal.ts';
import type { Observation } from '../model/observation.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Located } from '../record/run-folder.ts';
import { componentKey, type Component, type Plan, type PlannedCell } from '../model/cell.ts';
import { question } from '../suite/question.ts';
import { contrast } from '../suite/read/dev.ts';
import { ownerOf, presenceOf } from '../suite/read/node.ts';
import { engine, runtime } from '../suite/requirement.ts';
import { suite } from '../suite/suite.ts';
import { assemble, type Records, type Catalog } from './assemble.ts';
import { fixtures, frozen, lease, observation, planned } from '../testing/evidence.ts';
import { identityOf } from './planned-identity.ts';

const path = '/dev/podproof-block';
const cellOf = (name: 'runc' | 'crun', version: string): PlannedCell => ({
  id: `debian-13/containerd-1.7.24/${name}-${version}`,
  host: { id: 'debian-13', spec: { kind: 'container', suite: 'trixie' } },
  engine: { name: 'containerd', version: '1.7.24', source: { kind: 'path' } },
  runtime: { name, version, source: { kind: 'path' } },
});
const cells = [cellOf('runc', '1.1.15'), cellOf('crun', '1.21')];

const ownership = suite({
  id: 'ownership',
  title: 'Who owns the devices',
  scenarios: [
    { id: 'user-and-group', title: 'pod of user 1000', pod: {} },
    { id: 'plain', title: 'plain pod', pod: {} },
  ],
  questions: [
    question({
      id: 'OWN',
      asks: 'Whose is it?',
      on: ['user-and-group'],
      reads: { owner: ownerOf(path) },
      answers: {
        owned: { says: 'the pod’s', seen: { owner: 'asked' } },
        kept: { says: 'the host’s', harm: 'breaks', seen: { owner: 'host' } },
      },
      documented: [{ answer: 'owned', where: [], citation: 'c' }],
    }),
    question({
      id: 'NONE',
      asks: 'Is there another?',
      on: ['user-and-group', 'plain'],
      reads: { node: presenceOf('/dev/vdb') },
      answers: { none: { says: 'no', seen: { node: 'absent' } } },
      documented: [{ answer: 'none', where: [], citation: 'c' }],
    }),
    question({
      id: 'CRIO',
      asks: 'Is it CRI-O’s?',
      on: ['plain'],
      needs: [engine('crio')],
      reads: {},
      answers: {},
      documented: [],
    }),
    question({
      id: 'CONTRAST',
      asks: 'Is it as under runc?',
      on: ['plain'],
      needs: [runtime('crun')],
      reads: { contrast: contrast() },
      answers: { same: { says: 'yes', seen: { contrast: 'same' } } },
      documented: [{ answer: 'same', where: [], citation: 'c' }],
    }),
  ],
});
const catalog: Catalog = { suites: [ownership], known: [], selects: () => true };

const plan: Plan = {
  schema: 1,
  hash: 'h',
  profile: 'quick',
  only: '',
  suites: ['ownership'],
  cells,
  excluded: [{ cell: 'debian-13/crio-1.36.3/runc-1.1.15', why: 'not in this profile' }],
};

const artifact = (component: Component, sha256: string): JournalEvent => ({
  event: 'artifact',
  key: componentKey(component),
  name: component.name,
  version: component.version,
  source: `path /opt/${component.name}`,
  sha256: 'a'.repeat(64),
  binaries: { [component.name]: sha256 },
});

const events: JournalEvent[] = [
  { event: 'started', run: 'run-1', at: '2026-11-21T06:00:00.000Z', podproof: '0.1.0', profile: 'quick' },
  ...cells.slice(0, 1).map((cell) => artifact(cell.engine, planned.engineSha256)),
  ...cells.map((cell) => artifact(cell.runtime, planned.runtimeSha256)),
  {
    event: 'host',
    host: 'debian-13',
    fixtures,
    facts: {
      kernel: '6.12',
      bootId: 'b',
      os: 'Debian',
      architecture: 'x86_64',
      cpus: 2,
      memoryMiB: 3072,
      accelerator: 'tcg',
      acceleratorReason: 'no KVM',
      cgroup: 'v2',
      lsm: [],
      kvm: { present: false, owner: '', mode: '0000', group: '' },
      vhostVsock: false,
      vhostNet: false,
      iommuGroups: 0,
      hugepages2MiB: 0,
      userNamespaces: true,
      glibc: '2.41',
      ownKernel: true,
      disposable: true,
    },
  },
  { event: 'lease', record: lease },
  { event: 'span', span: { phase: 'host', name: 'debian-13', startMs: 0, durationMs: 2_500 } },
  { event: 'ended', at: '2026-11-21T06:05:00.000Z', complete: true },
];

function seen(cell: PlannedCell, scenario: string, line: number, change: Partial<Observation> = {}): Located {
  const identity = { ...observation.identity, stateOf: cell.runtime.name };
  return {
    observation: { ...structuredClone(observation), cell: cell.id, scenario, identity, ...change },
    at: `cells/${cell.id}/observations.ndjson#${line}`,
  };
}

const everything = cells.flatMap((cell) => [seen(cell, 'user-and-group', 1), seen(cell, 'plain', 2)]);
const records = (change: Partial<Records> = {}): Records => ({ plan, run: 'run-1', events, observations: everything, ...change });
const verdicts = (document: Document): string[] =>
  document.verdicts.map(
    ({ cell, scenario, question, verdict, flaky }) =>
      `${cell.split('/')[2]} ${scenario} ${question} ${verdict}${flaky === true ? ' flaky' : ''}`,
  );
const broken: Outcome = { kind: 'error', message: 'the stream was closed', stack: '' };
const hostLost = (repeated: boolean): Outcome => ({
  kind: 'host-lost',
  message: 'gone',
  consoleTail: '',
  lastCall: '',
  repeated,
});

/** The verdict of OWN under runc after these tries of its pod. */
function after(...outcomes: Outcome[]): string | undefined {
  const tries = outcomes.map((outcome, index) => seen(cells[0] as PlannedCell, 'user-and-group', index + 1, { outcome }));
  return verdicts(assemble(records({ observations: tries }), catalog)).find((line) => line.includes(' OWN '));
}

describe('document of a run', () => {
  it('has a verdict for every question in every cell, and is a valid document', () => {
    const document = assemble(records(), catalog);
    expect(verdicts(document)).toEqual([
      'runc-1.1.15 user-and-group OWN pass',
      'runc-1.1.15 user-and-group NONE pass',
      'runc-1.1.15 plain NONE pass',
      'runc-1.1.15 plain CRIO unsupported',
      'runc-1.1.15 plain CONTRAST unsupported',
      'crun-1.21 user-and-group OWN pass',
      'crun-1.21 user-and-group NONE pass',
      'crun-1.21 plain NONE pass',
      'crun-1.21 plain CRIO unsupported',
      'crun-1.21 plain CONTRAST pass',
    ]);
    expect(Document.parse(document)).toEqual(document);
    expect(document.run).toEqual({
      id: 'run-1',
      started: '2026-11-21T06:00:00.000Z',
      ended: '2026-11-21T06:05:00.000Z',
      podproof: '0.1.0',
      profile: 'quick',
      plan: 'h',
      exit: 0,
      complete: true,
    });
    expect(document.verdicts[0]?.evidence).toBe('cells/debian-13/containerd-1.7.24/runc-1.1.15/observations.ndjson#1');
    expect(document.hosts).toMatchObject([{ id: 'debian-13', kind: 'container', accelerator: 'tcg' }]);
    expect(document.excluded).toEqual(plan.excluded);
    expect(document.questions.map(({ id, range }) => `${id}: ${range}`)).toContain('CRIO: crio');
    expect(document.questions[0]).toEqual({
      ...{ id: 'OWN', suite: 'ownership', asks: 'Whose is it?', citation: 'c', range: 'every engine and runtime' },
      answers: [
        { name: 'owned', says: 'the pod’s' },
        { name: 'kept', says: 'the host’s', harm: 'breaks' },
      ],
    });
    expect(document.spans.filter(({ phase }) => phase === 'pod')).toHaveLength(4);
  });

  it('has what the selection covers, and nothing else', () => {
    const selects: Catalog['selects'] = (_, scenario, question) => question === 'NONE' && scenario === 'plain';
    const document = assemble(records(), { ...catalog, selects });
    expect(verdicts(document)).toEqual(['runc-1.1.15 plain NONE pass', 'crun-1.21 plain NONE pass']);
    expect(document.questions.map(({ id }) => id)).toEqual(['NONE']);
  });

  it('leaves out suites that were not planned', () => {
    expect(assemble(records({ plan: { ...plan, suites: [] } }), catalog).verdicts).toEqual([]);
  });

  it('shows a missing record as missing, and a blocked cell with its reason', () => {
    const runc = cells[0]?.id ?? '';
    const blocked: JournalEvent = { event: 'blocked', cells: [runc], reason: 'containerd 1.7.24 is not there; fetch it' };
    const document = assemble(records({ observations: [], events: [...events, blocked] }), catalog);
    expect(verdicts(document).filter((line) => line.includes(' OWN '))).toEqual([
      'runc-1.1.15 user-and-group OWN blocked',
      'crun-1.21 user-and-group OWN missing',
    ]);
    expect(document.cells).toMatchObject([
      { verdict: 'blocked', reason: 'containerd 1.7.24 is not there; fetch it' },
      { verdict: 'missing' },
    ]);
    expect(document.run.exit).toBe(75);
  });

  it('forgets what was blocked when the run was resumed', () => {
    const blocked: JournalEvent = { event: 'blocked', cells: plan.cells.map(({ id }) => id), reason: 'no host' };
    const resumed: JournalEvent = { event: 'started', run: 'run-1', at: 'later', podproof: '0.1.0', profile: 'quick' };
    const document = assemble(records({ events: [...events, blocked, resumed, ...events.slice(1)] }), catalog);
    expect(document.cells.map(({ verdict, reason }) => ({ verdict, reason }))).toEqual([
      { verdict: 'pass', reason: undefined },
      { verdict: 'pass', reason: undefined },
    ]);
    expect(document.run.started).toBe('2026-11-21T06:00:00.000Z');
  });

  it('is not complete while a run that had ended goes on once more', () => {
    const resumed: JournalEvent = { event: 'started', run: 'run-1', at: 'later', podproof: '0.1.0', profile: 'quick' };
    expect(assemble(records({ events }), catalog).run.complete).toBe(true);
    expect(assemble(records({ events: [...events, resumed] }), catalog).run.complete).toBe(false);
  });

  it('says so when an observation names a lease that the journal has not', () => {
    const document = assemble(records({ events: events.filter(({ event }) => event !== 'lease') }), catalog);
    expect(document.verdicts[0]).toMatchObject({
      verdict: 'error',
      reason: 'the journal has no engine lease "debian-13/containerd-1.7.24/ownership,cdi"',
    });
  });

  it('is void throughout when the journal does not know the binaries that ran', () => {
    const document = assemble(records({ events: events.filter(({ event }) => event !== 'artifact') }), catalog);
    expect(document.counts).toMatchObject({ void: 7, unsupported: 3, pass: 0 });
    expect(document.cells[0]).toMatchObject({ engine: { source: 'unavailable', sha256: '' } });
  });

  it('is incomplete until the run ended', () => {
    const document = assemble(records({ events: events.slice(0, -1) }), catalog);
    expect(document.run).toMatchObject({ complete: false, ended: '' });
  });

  it('contrasts a runtime with runc in the same run, and with nothing where runc is not there', () => {
    const alone = assemble(records({ plan: { ...plan, cells: cells.slice(1) } }), catalog);
    expect(alone.verdicts.find(({ question }) => question === 'CONTRAST')).toMatchObject({
      verdict: 'unsupported',
      reason: 'this run has nothing to answer it from',
    });
  });

  it('takes both shims of Kata from one artifact', () => {
    const kata: PlannedCell = {
      ...cellOf('runc', '1.1.15'),
      runtime: { name: 'kata', version: '3.30.0', shim: 'rust', vmm: 'qemu', source: { kind: 'path' } },
    };
    const binaries = { 'containerd-shim-kata-v2 (go)': 'g'.repeat(64), 'containerd-shim-kata-v2 (rust)': 'r'.repeat(64) };
    const both: JournalEvent = { ...artifact(kata.runtime, ''), binaries } as JournalEvent;
    expect(identityOf(kata, [both]).runtimeSha256).toBe('r'.repeat(64));
  });
});

describe('several tries of one pod', () => {
  it('count by the last one; an earlier one that came to grief is a flake', () => {
    expect(after({ kind: 'ran' })).toBe('runc-1.1.15 user-and-group OWN pass');
    expect(after(broken, { kind: 'ran' })).toBe('runc-1.1.15 user-and-group OWN pass flaky');
    expect(after(hostLost(false), { kind: 'ran' })).toBe('runc-1.1.15 user-and-group OWN pass flaky');
  });

  it('that never went otherwise are no flake', () => {
    expect(after(broken)).toBe('runc-1.1.15 user-and-group OWN error');
    expect(after(broken, broken)).toBe('runc-1.1.15 user-and-group OWN error');
    expect(after(broken, hostLost(false), broken, hostLost(true))).toBe('runc-1.1.15 user-and-group OWN error');
  });

  it('keep the flake of one scenario out of the others', () => {
    const [first] = cells;
    if (first === undefined) throw new Error('no cell');
    const observations = [seen(first, 'plain', 1, { outcome: broken }), ...everything];
    expect(verdicts(assemble(records({ observations }), catalog)).filter((line) => line.endsWith('flaky'))).toEqual([
      'runc-1.1.15 plain NONE pass flaky',
    ]);
  });
});

describe('assembling', () => {
  it('does not depend on the order in which different pods were observed', () => {
    const tries = [...everything, ...cells.map((cell) => seen(cell, 'plain', 3, { outcome: broken }))];
    const whole = assemble(records({ observations: tries }), catalog);
    const order = fc.shuffledSubarray([...tries.keys()], { minLength: tries.length });
    fc.assert(
      fc.property(order, (shuffled) => {
        // Pods change places; the tries of one pod keep their order.
        const queues = new Map(tries.map((located) => [pod(located), tries.filter((other) => pod(other) === pod(located))]));
        const observations = shuffled.flatMap((index) => queues.get(pod(tries[index]))?.shift() ?? []);
        const document = assemble(records({ observations }), catalog);
        expect({ ...document, spans: bag(document.spans) }).toEqual({ ...whole, spans: bag(whole.spans) });
      }),
      { numRuns: 30 },
    );
  });

  it('writes to nothing that it is given', () => {
    const given = frozen(structuredClone(records()));
    expect(assemble(given, catalog)).toEqual(assemble(records(), catalog));
  });
});

function pod(located: Located | undefined): string {
  return `${located?.observation.cell} ${located?.observation.scenario}`;
}

function bag(spans: Document['spans']): string[] {
  return spans.map((span) => JSON.stringify(span)).sort();
}

it('names the CNI plugins of a cell where its plan does, with their checksum', () => {
  const cni = { name: 'cni', version: '1.9.0', source: { kind: 'release' } } as const;
  const chosen = { ...plan, cells: cells.map((cell) => ({ ...cell, cni })) };
  const document = assemble(records({ plan: chosen, events: [...events, artifact(cni, 'b'.repeat(64))] }), catalog);
  expect(document.cells[0]?.cni).toEqual({ version: '1.9.0', source: 'path /opt/cni', sha256: 'a'.repeat(64) });
  expect(Document.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  expect(assemble(records(), catalog).cells[0]?.cni).toBeUndefined();
});
