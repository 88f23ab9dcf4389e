import { type Document, documentSchema, type Verdict } from '../../model/document.ts';
import { type Observation } from '../../model/observation.ts';
import { verdictNames, worstOf } from '../../model/verdict.ts';
import { sampleCells, sampleHosts } from './cells.ts';
import { rows, verdictsOf } from './questions.ts';
import { sampleObservation } from './evidence.ts';
import { evidenceKey } from '../../report/verdicts.ts';

/** A document as a run on an emulated Debian 13 gives it, for tests. Its texts are measured ones. */
export function sampleDocument(): Document {
  const cells = sampleCells();
  const verdicts = cells.flatMap((cell) => (cell.verdict === 'blocked' ? [] : rows.flatMap((row) => verdictsOf(row, cell.id))));
  return {
    schema: documentSchema,
    run: {
      id: '2026-11-20T14-12-07-quick',
      started: '2026-11-20T14:12:07.112Z',
      ended: '2026-11-20T14:31:44.902Z',
      profile: 'quick',
      plan: 'd0eeeb28ce030b888d5ae72d24ee60dbd982e0e072f93b28e776b9c39c379ad8',
      podproof: '0.1.0',
      exit: 1,
      complete: true,
    },
    parts: [],
    counts: countOf(verdicts),
    hosts: sampleHosts(),
    cells: cells.map((cell) => ({
      ...cell,
      verdict: worstOf(verdicts.filter((verdict) => verdict.cell === cell.id).map((verdict) => verdict.verdict)) ?? cell.verdict,
    })),
    questions: rows.map((row) => row.question),
    known: [
      {
        id: 'crio-opens-device-mode',
        title: 'CRI-O sends no file mode, so that runc and crun make the node 0666',
        url: 'https://github.com/cri-o/cri-o/issues/9358',
        range: 'crio >=1.24 with runc or crun',
        impact: 'Every user of the pod opens the device',
        remedy: 'none known',
      },
      {
        id: 'kata-privileged-dev-full',
        title: 'Host devices passed to a privileged Kata pod collide with the default node /dev/full',
        url: 'https://github.com/kata-containers/kata-containers/issues/2689',
        range: 'kata >=2.0',
        impact: 'No such pod starts',
        remedy: { setting: 'privileged_without_host_devices = true', since: 'containerd 1.3.0', cost: 'no host devices' },
      },
    ],
    verdicts,
    spans: spans(),
    excluded: [
      { cell: 'debian-12/crio-1.36.3/crun-1.21', why: 'CRI-O 1.36 needs glibc 2.38, Debian 12 has 2.36' },
      { cell: 'debian-12/crio-1.36.3/runc-1.1.15', why: 'CRI-O 1.36 needs glibc 2.38, Debian 12 has 2.36' },
      {
        cell: 'debian-12/containerd-1.6.20/kata-3.30.0-go-qemu',
        why: 'one Kata cell per engine is enough for the quick profile',
      },
    ],
    baseline: null,
  };
}

/** Counts by verdict, as the run has them. */
export function countOf(verdicts: readonly Verdict[]): Document['counts'] {
  const counts = Object.fromEntries(verdictNames.map((name) => [name, 0])) as Document['counts'];
  for (const { verdict } of verdicts) counts[verdict]++;
  return counts;
}

/** The observations that the sample's verdicts were judged on. */
export function sampleEvidence(document: Document): Map<string, Observation> {
  return new Map(document.verdicts.map((verdict) => [evidenceKey(verdict), sampleObservation(verdict)]));
}

function spans(): Document['spans'] {
  const cells = [
    'containerd-1.7.24/runc-1.1.15',
    'containerd-1.7.24/crun-1.21',
    'containerd-1.7.24/kata-3.30.0-go-qemu',
    'crio-1.36.3/runc-1.1.15',
    'crio-1.36.3/kata-3.30.0-go-qemu',
  ];
  return [
    { phase: 'plan', name: 'quick', startMs: 0, durationMs: 900 },
    { phase: 'artifact', name: 'containerd 1.7.24', startMs: 900, durationMs: 8200 },
    { phase: 'artifact', name: 'kata 3.30.0', startMs: 2000, durationMs: 41_000 },
    { phase: 'host', name: 'debian-13', startMs: 3000, durationMs: 46_000 },
    { phase: 'host', name: 'debian-12', startMs: 50_000, durationMs: 58_000 },
    ...cells.flatMap((cell, index) => {
      const start = 62_000 + index * 190_000;
      return [
        { phase: 'engine', name: cell, startMs: start, durationMs: 11_400 + index * 900 },
        ...Array.from({ length: 9 }, (_, pod) => ({
          phase: 'pod',
          name: `${cell} scenario ${pod + 1}`,
          startMs: start + 13_000 + pod * 18_500,
          durationMs: 9000 + ((pod * 3701) % 21_000),
        })),
      ];
    }),
    { phase: 'judge', name: 'all cells', startMs: 1_030_000, durationMs: 640 },
  ];
}
