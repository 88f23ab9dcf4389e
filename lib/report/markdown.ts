import { type Document, verdictNames } from '../record/document.ts';
import { canonical } from './canonical.ts';
import { type Comparison } from './compare.ts';
import { cellsOf, type Finding, findings, securityFindings, worstFindings } from './findings.ts';
import { code, prose } from './markdown-text.ts';
import { groupBy } from './order.ts';
import { colourOf, exitMeaning, meaning } from './verdicts.ts';

/** GitHub refuses a step summary beyond 1 MiB as a whole, and some of just that; in UTF-8 bytes. */
export const markdownBudget = 900 * 1024;
/** Kept free for saying what was left out. */
const reserve = 2048;

/** The step summary of a run. `budget` is in UTF-8 bytes; what does not fit is counted at the end. */
export function renderMarkdown(document: Document, options: { comparison?: Comparison; budget?: number } = {}): string {
  const ordered = canonical(document);
  const page = new Page((options.budget ?? markdownBudget) - reserve);
  page.lines(head(ordered));
  page.table('Verdicts', ['Verdict', 'Count', 'Meaning'], countRows(ordered));
  page.table('Hosts', ['Host', 'Kind', 'Kernel', 'Accelerator', 'Why'], hostRows(ordered));
  if (options.comparison) {
    for (const [title, list] of changes(ordered, options.comparison)) page.table(title, findingColumns, findingRows(list));
    const { newCells, goneCells, goneVerdicts } = options.comparison;
    page.list('New cells', newCells.map(code));
    page.list('Cells that are gone', goneCells.map(code));
    page.list(
      'Judged before, and no longer',
      goneVerdicts.map((verdict) => `${code(verdict.rule)} ${code(verdict.scenario)} in ${code(verdict.cell)}`),
    );
  }
  page.table('Findings', findingColumns, findingRows(worstFindings(ordered)));
  page.table('Security findings', findingColumns, findingRows(securityFindings(ordered)));
  page.table(
    'Cells',
    ['Cell', 'Verdict', 'Reason'],
    ordered.cells.map((cell) => [code(cell.id), cell.verdict, code(cell.reason ?? '')]),
  );
  page.list(
    'Left out of the plan',
    [...groupBy(ordered.excluded, (entry) => entry.why)].map(
      ([why, rows]) => `${rows.length}, such as ${code(rows[0]?.cell ?? '')}: ${prose(why)}`,
    ),
  );
  return page.end();
}

function head({ run, hosts }: Document): string[] {
  const accelerators = [...new Set(hosts.map((host) => host.accelerator))];
  return [
    `## podproof: ${code(run.profile)}`,
    '',
    `Run ${code(run.id)}, ${code(run.started)} to ${code(run.ended)}, podproof ${code(run.podproof)}, accelerator ${accelerators.map(code).join(', ') || 'unknown'}.`,
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

function changes(document: Document, comparison: Comparison): Array<[string, Finding[]]> {
  const since = `since ${code(comparison.baseline)}`;
  const of = (list: Comparison['fixed']): Finding[] =>
    findings(
      document,
      list.map((change) => change.after),
    );
  return [
    [`New failures ${since}`, of(comparison.newFailures)],
    [`Fixed ${since}`, of(comparison.fixed)],
    [`Changed ${since}`, of(comparison.changed)],
  ];
}

const findingColumns = ['Verdict', 'Rule', 'Expected', 'Observed', 'Cells'];

function findingRows(list: readonly Finding[]): string[][] {
  return list.map((finding) => {
    const cells = cellsOf(finding);
    const more = cells.length > 3 ? ` and ${cells.length - 3} more` : '';
    return [
      finding.verdict,
      `${code(finding.rule)}<br>${prose(finding.title)}`,
      code(finding.expected),
      code(finding.reason ?? finding.observed) + (finding.known === undefined ? '' : `<br>known: ${code(finding.known)}`),
      cells.slice(0, 3).map(code).join('<br>') + more,
    ];
  });
}

/** Collects lines within a budget of bytes; once a section is full, the rest of it is counted instead. */
class Page {
  readonly #parts: string[] = [];
  readonly #left: string[] = [];
  #room: number;

  constructor(budget: number) {
    this.#room = budget;
  }

  lines(lines: readonly string[]): void {
    for (const line of lines) this.#add(line);
  }

  table(title: string, columns: readonly string[], rows: readonly string[][]): void {
    this.#section(
      title,
      `| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`,
      rows.map((row) => `| ${row.join(' | ')} |`),
    );
  }

  list(title: string, items: readonly string[]): void {
    this.#section(
      title,
      undefined,
      items.map((item) => `- ${item}`),
    );
  }

  #section(title: string, header: string | undefined, rows: readonly string[]): void {
    if (rows.length === 0) return;
    let shown = 0;
    if (this.#add(`\n### ${title}\n${header === undefined ? '' : `\n${header}`}`)) {
      while (shown < rows.length && this.#add(rows[shown] ?? '')) shown++;
    }
    if (shown < rows.length && this.#left.length < 12)
      this.#left.push(`${rows.length - shown} of ${rows.length} rows of “${title}”`);
  }

  #add(text: string): boolean {
    const size = Buffer.byteLength(text) + 1;
    if (size > this.#room) return false;
    this.#room -= size;
    this.#parts.push(text);
    return true;
  }

  end(): string {
    const note =
      this.#left.length === 0
        ? ''
        : `\nLeft out, as a step summary has a limit: ${this.#left.join('; ')}. report.html and report.json have them.\n`;
    return `${this.#parts.join('\n')}\n${note}`;
  }
}
