import { join } from 'node:path';
import type { Document, HostEntry, Verdict } from '../../model/document.ts';
import type { Observation } from '../../model/observation.ts';
import { verdictNames } from '../../model/verdict.ts';
import { readDocument } from '../../record/read-document.ts';
import { sideBySide } from '../../report/side-by-side.ts';
import { evidenceKey, worstByCell } from '../../report/verdicts.ts';
import { packageRoot } from '../../util/paths.ts';
import { sampleObservation } from './evidence.ts';

const runs = [
  'containerd-1.7.24',
  'kata-3.30.0-go-containerd-1.7.24',
  'crio-1.36.3',
  'kata-4.1.0-go-crio-1.36.3',
  'containerd-1.6.20',
];
const asked = new Set([
  ...['PRIV-DEFAULT-DEV', 'PRIV-HOST-DEV', 'PRIV-NO-HOST-DEV', 'PRIV-KATA-BLOCK', 'PRIV-SANDBOX-FIRST', 'PRIV-CAPS'],
  ...['OWN-OFF', 'OWN-ON', 'OWN-MODE', 'OWN-DIRECTORY', 'DEV-CGROUP', 'DEV-MISSING', 'RVMM-UID', 'RVMM-BLOCK-EACCES'],
]);

const documents = await Promise.all(
  runs.map((name) => readDocument(join(packageRoot, 'results/reference', name, 'report.json'))),
);
const sample = ofEveryKind();

/** A document as a run of several engines gives it, for tests: recorded verdicts, and some of each kind that no run recorded. */
export function sampleDocument(): Document {
  return structuredClone(sample);
}

function ofEveryKind(): Document {
  const all = sideBySide(documents, documents[0]!);
  // Tests of what one run alone has count on one cell of Debian 12.
  const isLeftOut = (cell: string): boolean => cell.includes('crun-1.8.1');
  const verdicts = all.verdicts.filter(({ cell, question }) => asked.has(question) && !isLeftOut(cell)).map(changed);
  const cells = all.cells.filter(({ id }) => !isLeftOut(id));
  const kata = cells.find(({ id }) => id.includes('kata-3.30.0'))!;
  const blocked = {
    ...kata,
    id: kata.id.replace('kata-3.30.0-go', 'kata-4.1.0-rust'),
    runtime: { ...kata.runtime, version: '4.1.0', shim: 'rust', source: 'release', sha256: '' },
    verdict: 'blocked' as const,
    reason: 'Cannot fetch kata 4.1.0: the download was refused with 403; put the archive into $PODPROOF_ARTIFACTS/kata-4.1.0/',
  };
  const document = {
    ...all,
    run: { ...all.run, exit: 1 },
    cells: cells.toSpliced(3, 0, blocked),
    hosts: all.hosts.map((host) => (host.id === 'debian-12' ? underKvm(host) : host)),
    questions: all.questions.filter(({ id }) => asked.has(id)),
    known: all.known.filter(({ id }) => verdicts.some(({ known }) => known === id)),
    excluded: documents.flatMap(({ excluded }) => excluded),
  };
  return withVerdicts(document, verdicts);
}

/** A recorded verdict as it would be if its answer had not been foreseen, its issue were fixed, or its host had gone down. */
function changed(verdict: Verdict): Verdict {
  const is = (pattern: RegExp): boolean => pattern.test(`${verdict.cell} ${verdict.question}`);
  const { answer: _answer, known: _known, reason: _reason, flaky: _flaky, ...unforeseen } = verdict;
  if (is(/crio.*(runc|crun).* OWN-DIRECTORY/) || is(/crio.*kata.* (OWN-ON|PRIV-KATA-BLOCK)/))
    return { ...unforeseen, verdict: 'fail' };
  if (is(/crio.*kata.* RVMM-BLOCK-EACCES/))
    return { ...unforeseen, verdict: 'error', observed: 'host lost', reason: 'The host went down with Oops: int3 in __schedule' };
  if (is(/1\.6\.20.* DEV-MISSING/)) return { ...verdict, verdict: 'fixed', known: 'containerd-1.6-missing' };
  return is(/kata.* RVMM-UID/) ? { ...verdict, flaky: true } : verdict;
}

function underKvm(host: HostEntry): HostEntry {
  const seen = {
    accelerator: 'kvm' as const,
    acceleratorReason: 'a stock kernel ran under KVM in 1.2 s',
    acceleratorDetail: 'Linux 6.1',
  };
  return { ...host, accelerator: 'kvm', ...(host.facts && { facts: { ...host.facts, ...seen } }) };
}

/** A document with these verdicts, and with what is said of its cells and of the whole by them. */
export function withVerdicts(document: Document, verdicts: Verdict[]): Document {
  const worst = worstByCell(verdicts);
  const cells = document.cells.map((cell) => ({ ...cell, verdict: worst.get(cell.id) ?? cell.verdict }));
  return { ...document, verdicts, cells, counts: countOf(verdicts) };
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
