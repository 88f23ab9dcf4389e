import type { Baseline, Change } from '../model/baseline.ts';
import { type Cell, type Document, type Verdict } from '../model/document.ts';
import { colourOf, meaning, type VerdictName } from '../model/verdict.ts';
import { canonical } from './canonical.ts';
import { causes } from './causes.ts';
import { everyVerdict, remedyText } from './verdicts.ts';
import { escapeText } from './escape.ts';
import { groupBy } from '../util/group-by.ts';

/**
 * JUnit XML: a suite is a cell, a test case a question in a scenario. `failure` deviates, `error` is infrastructure, `skipped`
 * does not apply or is a known issue. The id of the question is in the class name, as many readers drop properties; neither
 * class nor name holds a sentence, so that history survives rewording. Suite by suite.
 */
export function* junitChunks(document: Document): Generator<string> {
  const ordered = canonical(document);
  const byCell = groupBy(everyVerdict(ordered), (verdict) => verdict.cell);
  const titles = new Map(ordered.questions.map((question) => [`${question.suite} ${question.id}`, question.asks]));
  const cells = new Map(ordered.cells.map((cell) => [cell.id, cell]));
  const accelerators = new Map(ordered.hosts.map((host) => [host.id, host.accelerator]));
  const changes = groupBy(ordered.baseline?.changes ?? [], ({ cell }) => cell);
  const weakening = weakeningByCell(ordered);
  const since = (id: string): string[][] =>
    ordered.baseline === null ? [] : sinceProperties(ordered.baseline, changes.get(id) ?? []);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(`podproof ${ordered.run.profile}`)}" ${tally(everyVerdict(ordered))}>\n`;
  for (const [id, verdicts] of byCell)
    yield suite(id, verdicts, cells.get(id), accelerators, titles, [...(weakening.get(id) ?? []), ...since(id)]);
  yield '</testsuites>\n';
}

function suite(
  id: string,
  verdicts: readonly Verdict[],
  cell: Cell | undefined,
  accelerators: ReadonlyMap<string, string>,
  titles: ReadonlyMap<string, string>,
  found: readonly string[][],
): string {
  const properties =
    cell === undefined
      ? found
      : [
          ['host', cell.host],
          ['accelerator', cell.accelerator ?? accelerators.get(cell.host) ?? 'unknown'],
          ['engine', `${cell.engine.name} ${cell.engine.version}`],
          ['engine.sha256', cell.engine.sha256],
          ['runtime', [cell.runtime.name, cell.runtime.version, cell.runtime.shim, cell.runtime.vmm].filter(Boolean).join(' ')],
          ['runtime.sha256', cell.runtime.sha256],
          ...partProperties('cni', cell.cni),
          ...partProperties('kubelet', cell.kubelet),
          ...found,
        ];
  return [
    `  <testsuite name="${xml(id)}" ${tally(verdicts)}>\n`,
    properties.length === 0
      ? ''
      : `    <properties>\n${properties.map(([name, value]) => `      <property name="${xml(name ?? '')}" value="${xml(value ?? '')}"/>\n`).join('')}    </properties>\n`,
    ...verdicts.map((verdict) => testCase(verdict, titles.get(`${verdict.suite} ${verdict.question}`) ?? verdict.question)),
    '  </testsuite>\n',
  ].join('');
}

/** What only some cells have. */
function partProperties(name: string, part: { version: string; sha256: string } | undefined): string[][] {
  if (part === undefined) return [];
  return [
    [name, part.version],
    [`${name}.sha256`, part.sha256],
  ];
}

/** What weakens isolation in each cell, known or not: `weakens.crio-mode-0666` = title, impact and remedy. */
function weakeningByCell(document: Document): Map<string, string[][]> {
  const properties = new Map<string, string[][]>();
  for (const { harm, issue, headline, questions, cells } of causes(document)) {
    if (harm !== 'weakens') continue;
    const meaning = issue === undefined ? '' : `. ${issue.impact} Remedy: ${remedyText(issue.remedy)}. ${issue.url}`;
    const property = [`weakens.${issue?.id ?? questions.join(' ')}`, `${headline}${meaning}`];
    for (const cell of cells) properties.set(cell, [...(properties.get(cell) ?? []), property]);
  }
  return properties;
}

/** What changed in a cell since the baseline, kind by kind: `since.newly-weaker` = `OWN-ON user-and-group, …`. */
function sinceProperties(baseline: Baseline, changes: readonly Change[]): string[][] {
  const kinds = groupBy(changes, ({ kind }) => kind);
  return [
    ['since.baseline', baseline.run],
    ...[...kinds].map(([kind, own]) => [
      `since.${kind}`,
      own.map(({ question, scenario }) => `${question} ${scenario}`).join(', '),
    ]),
  ];
}

function testCase(verdict: Verdict, title: string): string {
  const open = `    <testcase classname="${xml(`${verdict.suite}.${verdict.question}`)}" name="${xml(`${verdict.scenario} [${verdict.cell}]`)}"`;
  const kind = kindOf(verdict.verdict);
  if (kind === 'passed') return `${open}/>\n`;
  const type = `${verdict.verdict}${verdict.flaky === true ? ' flaky' : ''}`;
  if (kind === 'skipped') return `${open}>\n      <skipped message="${xml(skipText(verdict))}"/>\n    </testcase>\n`;
  const body = [
    `${verdict.verdict}: ${meaning[verdict.verdict]}`,
    `question: ${title}`,
    `expected: ${verdict.expected}`,
    `observed: ${verdict.observed}`,
    ...(verdict.reason === undefined ? [] : [`reason: ${verdict.reason}`]),
    ...(verdict.layers ?? []).map((hop) => `${hop.changed ? '> ' : '  '}${hop.layer}: ${hop.value}`),
    `evidence: ${verdict.evidence}`,
  ];
  return `${open}>\n      <${kind} type="${xml(type)}" message="${xml(verdict.reason ?? verdict.observed)}">${xml(body.join('\n'))}</${kind}>\n    </testcase>\n`;
}

function kindOf(name: VerdictName): 'passed' | 'failure' | 'error' | 'skipped' {
  if (name === 'pass') return 'passed';
  const colour = colourOf(name);
  return colour === 'red' ? 'failure' : colour === 'infrastructure' ? 'error' : 'skipped';
}

function skipText(verdict: Verdict): string {
  if (verdict.verdict === 'known') return `known: ${verdict.known ?? 'unnamed issue'}: ${verdict.observed}`;
  return `${verdict.verdict}: ${verdict.reason ?? verdict.observed}`;
}

function tally(verdicts: readonly Verdict[]): string {
  const count = (kind: string): number => verdicts.filter((verdict) => kindOf(verdict.verdict) === kind).length;
  return `tests="${verdicts.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
}

/** Text for XML 1.0 content and attributes: what XML forbids is written out, and `>` too, so that `]]>` never occurs. */
function xml(text: string): string {
  return escapeText(text).replace(/[&<>"'\n\t]/g, (found) => `&#${found.charCodeAt(0)};`);
}
