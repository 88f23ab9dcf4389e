import { hash } from 'node:crypto';
import { type Document, type Verdict } from '../model/document.ts';
import { verdictNames, type VerdictName } from '../model/verdict.ts';
import { canonical } from './canonical.ts';
import { everyVerdict } from './verdicts.ts';
import { escapeText } from './escape.ts';
import { groupBy } from '../util/group-by.ts';

type Status = 'passed' | 'failed' | 'skipped' | 'other';

/**
 * Common Test Report Format (schema/ctrf.schema.json of ctrf-io/ctrf). A known deviation is `other`, never `passed`;
 * infrastructure is `failed`; `rawStatus` has the verdict. A verdict is judged after the fact and has no duration: 0.
 * Piece by piece, one test a line.
 */
export function* ctrfChunks(document: Document): Generator<string> {
  const ordered = canonical(document);
  const verdicts = everyVerdict(ordered);
  const suites = groupBy(ordered.questions, ({ suite }) => suite);
  const titles = new Map([...suites].map(([suite, questions]) => [suite, new Map(questions.map(({ id, asks }) => [id, asks]))]));
  const count = (status: Status): number => verdicts.filter((verdict) => statusOf(verdict.verdict) === status).length;
  const start = milliseconds(ordered.run.started);
  const stop = Math.max(start, milliseconds(ordered.run.ended));
  const report = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    reportId: uuid(`report ${ordered.run.id}`),
    generatedBy: 'podproof',
    results: {
      tool: { name: 'podproof', version: escapeText(ordered.run.podproof) },
      summary: {
        tests: verdicts.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: count('other'),
        flaky: verdicts.filter(passedFlaky).length,
        suites: new Set(verdicts.map((verdict) => verdict.cell)).size,
        start,
        stop,
        duration: stop - start,
        extra: {
          podproof: {
            exit: ordered.run.exit,
            complete: ordered.run.complete,
            counts: Object.fromEntries(verdictNames.map((n) => [n, ordered.counts[n]])),
          },
        },
      },
      tests: [],
      environment: {
        reportName: escapeText(ordered.run.profile),
        extra: {
          podproof: {
            run: escapeText(ordered.run.id),
            hosts: ordered.hosts.map((host) => ({
              id: escapeText(host.id),
              kind: escapeText(host.kind),
              accelerator: escapeText(host.accelerator),
              kernel: escapeText(host.facts?.kernel ?? 'unknown'),
            })),
          },
        },
      },
    },
  };
  // In a text of the report the quotes would be escaped: this is there once.
  const [head, tail] = JSON.stringify(report, undefined, 1).split('"tests": []');
  yield `${head}"tests": [`;
  const name = names();
  let lead = '\n   ';
  for (const verdict of verdicts) {
    yield lead + test(verdict, titles.get(verdict.suite)?.get(verdict.question), name);
    lead = ',\n   ';
  }
  yield `]${tail}\n`;
}

/** One test as JSON, field by field, as there may be 600,000 of them. `name` makes JSON of a text that many tests share. */
function test(verdict: Verdict, title: string | undefined, name: (text: string) => string): string {
  const { cell, suite, scenario, question, expected, observed, evidence, known } = verdict;
  const message = verdict.verdict === 'pass' ? '' : `"message":${json(messageOf(verdict))},`;
  const flaky = passedFlaky(verdict) ? '"flaky":true,' : '';
  const tags = `${name(question)}${verdict.harm === 'weakens' ? ',"security"' : ''}${verdict.flaky === true ? ',"flaky"' : ''}`;
  const more = `${title === undefined ? '' : `,"title":${name(title)}`}${known === undefined ? '' : `,"known":${name(known)}`}`;
  return (
    `{"id":"${uuid(JSON.stringify([cell, suite, scenario, question]))}","name":${name(question).slice(0, -1)} ${name(scenario).slice(1)},` +
    `"status":"${statusOf(verdict.verdict)}","duration":0,"suite":[${name(cell)},${name(suite)}],${message}` +
    `"rawStatus":"${verdict.verdict}","type":"e2e",${flaky}"tags":[${tags}],"extra":{"podproof":{` +
    `"expected":${name(expected)},"observed":${json(observed)},"evidence":${json(evidence)}${more}}}}`
  );
}

function json(text: string): string {
  return JSON.stringify(escapeText(text));
}

/** `json` that keeps what it made, of some thousand texts. */
function names(): (text: string) => string {
  const made = new Map<string, string>();
  return (text) => {
    const found = made.get(text);
    if (found !== undefined) return found;
    const name = json(text);
    if (made.size < 20_000) made.set(text, name);
    return name;
  };
}

/** CTRF's word for it: passed, but not at every attempt. */
function passedFlaky(verdict: Verdict): boolean {
  return verdict.flaky === true && verdict.verdict === 'pass';
}

function messageOf(verdict: Verdict): string {
  if (verdict.verdict === 'known') return `known: ${verdict.known ?? 'unnamed issue'}: ${verdict.observed}`;
  return verdict.reason ?? `expected ${verdict.expected}; observed ${verdict.observed}`;
}

const statuses: Partial<Record<VerdictName, Status>> = { pass: 'passed', unsupported: 'skipped', known: 'other' };

function statusOf(name: VerdictName): Status {
  return statuses[name] ?? 'failed';
}

function milliseconds(date: string): number {
  const time = Date.parse(date);
  return Number.isNaN(time) ? 0 : time;
}

/** A UUID (version 8) made from a name: the same verdict has the same id in every run. */
function uuid(name: string): string {
  const hex = hash('sha256', name, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
