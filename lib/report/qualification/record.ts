import { EngineName } from '../../model/matrix/matrix.ts';
import { ownName } from '../own-name.ts';
import { escapeLine } from '../escape.ts';
import { effectText } from './words.ts';
import type { Qualification, QualifiedChange } from './qualification.ts';

/** What is needed of this repository to write a patch for it. */
export interface Rows {
  /** The text of suites/known-issues.ts. */
  knownIssues: string;
  /** By question, the features of engines that the answers of the older version are documented by. */
  features: ReadonlyMap<string, readonly string[]>;
}

/** Lines around what is added. */
const context = 3;

/**
 * The rows that would record what nobody has: a patch that adds known issues, after a preamble with the rows to take instead
 * where a change is meant. Empty where all is recorded. What only a person can know is in angle brackets, and the tests
 * of the tables refuse it until it is replaced.
 */
export function recordPatch(result: Qualification, { knownIssues, features }: Rows): string {
  const open = result.changes.filter(({ unrecorded }) => unrecorded);
  if (open.length === 0) return '';
  const issues = open.flatMap((change) => (change.verdict === 'fixed' ? [] : issueLines(change, result)));
  const preamble = [
    `What ${ownName(result.name)} ${result.version} changed since ${result.against}, and nobody has recorded. A change that is meant is no known issue: take its row here instead.`,
    ...open.flatMap((change) => ['', ...alternatives(change, result, features.get(change.question) ?? [])]),
  ];
  return [...preamble.map((line) => escapeLine(line)), '', ...(issues.length === 0 ? [] : hunk(knownIssues, issues))].join('\n');
}

function alternatives(change: QualifiedChange, { name, version }: Qualification, features: readonly string[]): string[] {
  const { question, suite, asks, after, known } = change;
  if (change.verdict === 'fixed')
    return [
      `${known?.id ?? question} no longer happens: its row in suites/known-issues.ts gets the ceiling "${name} <${version}".`,
    ];
  const file = `suites/${suite}.suite.ts, ${question}`;
  return [
    `${asks} ${after.says} (${effectText(change)})`,
    ...(after.answer === undefined
      ? [`  ${file}: no answer of it foresees this; add one to "answers" first, and its name below`]
      : [
          `  ${file}, documented: { answer: ${quoted(after.answer)}, where: [${requirement(name, `>=${version}`)}], citation: '<where it is written>' }`,
        ]),
    ...features.map(
      (feature) => `  lib/${isEngine(name) ? 'engines' : 'runtimes'}/${name}/facts.ts, feature ${feature}: until: '${version}'`,
    ),
  ];
}

function issueLines(change: QualifiedChange, { name, version }: Qualification): string[] {
  const { question, asks, after } = change;
  return [
    '  {',
    `    id: ${quoted(`${name}-${version}-${question}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'))},`,
    `    title: ${quoted(`${ownName(name)} ${version}: ${asks} ${after.says}`)},`,
    `    url: '<where it is reported, or the change that made it>',`,
    `    answers: { ${quoted(question)}: [${quoted(after.answer ?? '<name of the answer>')}] },`,
    `    where: [${requirement(name, `>=${version}`)}],`,
    `    impact: '<what it means to who is affected>',`,
    `    remedy: 'none known',`,
    '  },',
  ];
}

/** As a suite writes it. */
function requirement(name: string, range: string): string {
  return `${isEngine(name) ? 'engine' : 'runtime'}('${name} ${range}')`;
}

function isEngine(name: string): boolean {
  return EngineName.safeParse(name).success;
}

/** A string of TypeScript, whatever the text holds. */
function quoted(text: string): string {
  return `'${escapeLine(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Added before the last line of the table that is `];`. */
function hunk(text: string, added: readonly string[]): string[] {
  const lines = text.split('\n');
  const end = lines.lastIndexOf('];');
  if (end < 0) return [];
  const from = Math.max(0, end - context);
  const before = lines.slice(from, end);
  return [
    '--- a/suites/known-issues.ts',
    '+++ b/suites/known-issues.ts',
    `@@ -${from + 1},${before.length + 1} +${from + 1},${before.length + 1 + added.length} @@`,
    ...before.map((line) => ` ${line}`),
    ...added.map((line) => `+${line}`),
    ' ];',
    '',
  ];
}
