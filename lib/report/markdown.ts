import { type Document } from '../model/document.ts';
import { colourOf, exitMeaning, meaning, verdictNames } from '../model/verdict.ts';
import { blockages, waitingText } from './blocked.ts';
import { canonical } from './canonical.ts';
import { changeTitles, headlines, outcomesOf, remarks, type Outcome } from './comparison-text.ts';
import { type Cause, headline, sections, sentence } from './causes.ts';
import { code, link, prose } from './markdown-text.ts';
import { remedyText } from './verdicts.ts';
import { groupBy } from '../util/group-by.ts';

/** GitHub refuses a step summary beyond 1 MiB as a whole, and some of just that; in UTF-8 bytes. */
export const markdownBudget = 900 * 1024;
/** Kept free for saying what was left out. */
const reserve = 2048;

/** The step summary of a run. `budget` is in UTF-8 bytes; what does not fit is counted at the end. */
export function renderMarkdown(document: Document, options: { budget?: number } = {}): string {
  const ordered = canonical(document);
  const page = pageOf((options.budget ?? markdownBudget) - reserve);
  page.lines(head(ordered));
  for (const { title, causes } of sections(ordered)) page.table(title, causeColumns, causes.map(causeRow));
  page.table('Blocked', ['Why', 'What helps', 'Waiting', 'Cells'], blockedRows(ordered));
  changes(page, ordered);
  page.table('Verdicts', ['Verdict', 'Count', 'Meaning'], countRows(ordered));
  page.table('Hosts', ['Host', 'Kind', 'Kernel', 'Accelerator', 'Why'], hostRows(ordered));
  page.table(
    'Cells',
    ['Cell', 'Verdict'],
    ordered.cells.map((cell) => [code(cell.id), cell.verdict]),
  );
  page.list(
    'Left out of the plan',
    [...groupBy(ordered.excluded, (entry) => entry.why)].map(
      ([why, rows]) => `${rows.length}, such as ${code(rows[0].cell)}: ${prose(why)}`,
    ),
  );
  return page.end();
}

function head(document: Document): string[] {
  const { run, hosts } = document;
  const accelerators = [...new Set(hosts.map((host) => host.accelerator))];
  return [
    `## podproof: ${headline(document)}`,
    '',
    `Run ${code(run.id)}, profile ${code(run.profile)}, ${code(run.started)} to ${code(run.ended)}, podproof ${code(run.podproof)}, accelerator ${accelerators.map(code).join(', ') || 'unknown'}.`,
    '',
    `Exit ${run.exit}: ${exitMeaning(run.exit)}.${run.complete ? '' : ' **The run was interrupted and is not complete.**'}`,
  ];
}

function countRows({ counts }: Document): string[][] {
  return verdictNames
    .filter((name) => counts[name] > 0)
    .reverse()
    .map((name) => [colourOf(name) === 'green' ? name : `**${name}**`, String(counts[name]), prose(meaning[name])]);
}

function hostRows({ hosts }: Document): string[][] {
  return hosts.map((host) => [
    code(host.id),
    code(host.kind),
    code(host.facts?.kernel ?? 'unknown'),
    code(host.accelerator),
    prose(host.facts?.acceleratorReason ?? ''),
  ]);
}

/** What became of the answers since the baseline: a headline for each pair of versions, then what turned. */
function changes(page: ReturnType<typeof pageOf>, document: Document): void {
  const { baseline } = document;
  if (baseline === null) return;
  page.list(`Since ${code(baseline.run)}`, [...headlines(document), ...remarks(document)].map(prose));
  page.lines([`\nExit ${baseline.exit} when only what is newly weaker, newly broken or newly unjudged counts.`]);
  for (const kind of ['newly-weaker', 'newly-broken', 'newly-unjudged', 'mended', 'changed-evidence'] as const)
    page.table(changeTitles[kind], ['Question', 'Before', 'Now', 'Cells'], outcomesOf(document, kind).map(outcomeRow));
}

function outcomeRow({ question, asks, before, after, harm, cells }: Outcome): string[] {
  return [
    `${code(question)}<br>${prose(asks)}`,
    code(before),
    `${code(after)}${harm === undefined ? '' : `<br>${harm}`}`,
    someCells(cells),
  ];
}

function blockedRows(document: Document): string[][] {
  return blockages(document).map(({ reason, remedy = '', ...waiting }) => [
    code(reason),
    code(remedy),
    waitingText(waiting),
    someCells(waiting.cells),
  ]);
}

function someCells(cells: readonly string[]): string {
  return cells.slice(0, 3).map(code).join('<br>') + (cells.length > 3 ? ` and ${cells.length - 3} more` : '');
}

const causeColumns = ['What was found', 'What it means', 'Remedy', 'Where'];

function causeRow(cause: Cause): string[] {
  const { issue, verdict, questions, cells } = cause;
  const isBare = issue === undefined || verdict === 'fixed';
  return [
    `**${prose(cause.headline)}**${issue === undefined ? '' : `<br>${link(issue.url, issue.id)}`}`,
    isBare ? (verdict === 'pass' ? 'as documented' : code(sentence(cause))) : prose(issue.impact),
    isBare ? '' : prose(remedyText(issue.remedy)),
    `${questions.slice(0, 12).map(code).join(' ')}${questions.length > 12 ? ` and ${questions.length - 12} more` : ''}<br>${someCells(cells)}`,
  ];
}

/** Collects lines within a budget of bytes; once a section is full, the rest of it is counted instead. */
function pageOf(budget: number) {
  const parts: string[] = [];
  const left: string[] = [];
  let room = budget;
  const add = (text: string): boolean => {
    const size = Buffer.byteLength(text) + 1;
    if (size > room) return false;
    room -= size;
    parts.push(text);
    return true;
  };
  const section = (title: string, header: string, rows: readonly string[]): void => {
    if (rows.length === 0) return;
    let shown = 0;
    if (add(`\n### ${title}\n${header}`)) while (shown < rows.length && add(rows[shown] ?? '')) shown++;
    if (shown < rows.length && left.length < 12) left.push(`${rows.length - shown} of ${rows.length} rows of “${title}”`);
  };
  return {
    lines: (lines: readonly string[]): void => lines.forEach(add),
    table(title: string, columns: readonly string[], rows: readonly string[][]): void {
      const header = `\n| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`;
      section(
        title,
        header,
        rows.map((row) => `| ${row.join(' | ')} |`),
      );
    },
    list(title: string, items: readonly string[]): void {
      section(
        title,
        '',
        items.map((item) => `- ${item}`),
      );
    },
    end(): string {
      const note = `\nLeft out, as a step summary has a limit: ${left.join('; ')}. report.html and report.json have them.\n`;
      return `${parts.join('\n')}\n${left.length === 0 ? '' : note}`;
    },
  };
}
