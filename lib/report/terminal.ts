import type { Document } from '../model/document.ts';
import { countsText, exitMeaning } from '../model/verdict.ts';
import { canonical } from './canonical.ts';
import { changeTitles, exitOfNewMeaning, headlines, type Outcome, outcomesOf, remarks } from './comparison-text.ts';
import { type Cause, extent, headline, type Section, sections, sentence } from './causes.ts';
import { naturalOrder } from './order.ts';
import { remedyText } from './verdicts.ts';
import { blockages, waitingText, type Blockage } from './blocked.ts';
import { count, firstAndMore } from '../util/words.ts';
import { wrap } from '../util/wrap.ts';
import { testedText } from './tested-text.ts';
import { wallTime, wallTimeText } from './wall-time.ts';
import { clip, commandless } from './escape.ts';

/** How many findings of one kind the summary names. */
const most = 8;

/** Lines of the terminal that a reason may take; the report has all of it. */
const reasonLines = 3;
/** And the reason for an accelerator. */
const hostLines = 2;
/** Longest text of one label, in characters. */
const longest = 400;
const labelWidth = 10;

type Line = [label: string, text: string, atMost?: number];

export interface SummaryOptions {
  reportPath?: string;
  /** Exit by what is new since the baseline. */
  newOnly?: boolean;
  /** The run was interrupted, which sets the exit code. */
  interrupted?: boolean;
  /** What to resume it by, where it is not the latest below the usual directory. */
  resume?: string;
  /** Of the terminal, in characters; 80 without it. */
  width?: number;
}

/**
 * The closing summary of a run in plain lines: first what weakens isolation, then what broke, last the counts and the exit code,
 * which machines read. Data cannot move the cursor, colour or reorder anything.
 */
export function renderTerminal(document: Document, options: SummaryOptions = {}): string {
  const ordered = canonical(document);
  const time = wallTime(ordered);
  const { width = 80 } = options;
  const lines: Line[] = [
    [
      'Run',
      `${ordered.run.id}, profile ${ordered.run.profile}${ordered.run.complete ? '' : ', interrupted: resume it for the rest'}`,
    ],
    ...(ordered.cells.length === 0 ? [] : [['Tested', testedText(ordered)] satisfies Line]),
    ...(ordered.parts.length === 0 ? [] : [['Merged', partsText(ordered)] satisfies Line]),
    ...ordered.hosts.map((host): Line => ['Host', hostText(host), hostLines]),
    ...(time === undefined ? [] : [['Time', wallTimeText(time)] satisfies Line]),
    ['Found', headline(ordered)],
    ...sections(ordered).flatMap((section) => sectionLines(section, ordered)),
    ...blockedLines(ordered, options.resume),
    ...sinceLines(ordered),
    ...(options.reportPath === undefined ? [] : [['Report', options.reportPath] satisfies Line]),
    ['Verdicts', countsText(ordered.counts)],
    ['Exit', exitText(ordered, options)],
  ];
  return lines
    .flatMap((line) => wrapped(line, width))
    .map((line) => `${line}\n`)
    .join('');
}

/** A text beside its label, or below its heading, in at most so many lines; a label without a text is a heading. */
function wrapped([label, text, atMost = Infinity]: Line, width: number): string[] {
  if (text === '') return [label];
  const [first, indent] = label === '' ? ['  ', 4] : [label.padEnd(labelWidth), labelWidth];
  const all = wrap(`${first}${clip(commandless(text), longest)}`, width, indent);
  if (all.length <= atMost) return all;
  const kept = all.slice(0, atMost);
  return [...kept.slice(0, -1), `${kept.at(-1)?.slice(0, width - 2)} …`];
}

/** Each reason once, whatever it blocked. */
function blockedLines(document: Document, resume: string | undefined): Line[] {
  const all = blockages(document);
  if (all.length === 0) return [];
  const ran = document.verdicts.some(({ verdict }) => !['blocked', 'missing', 'unsupported'].includes(verdict));
  const linesOf = (blockage: Blockage): Line[] => [
    ['Blocked', ran || all.length > 1 ? `${waitingText(blockage)} could not run` : `nothing could run: ${waitingText(blockage)}`],
    ['  why', blockage.reason, reasonLines],
    ...(blockage.remedy === undefined ? [] : [['  fix', blockage.remedy] satisfies Line]),
  ];
  return [
    ...named(all, linesOf),
    [
      '  then',
      `npx podproof run --resume${resume === undefined ? '' : ` ${resume}`} goes on; the report has each reason in full`,
    ],
  ];
}

/** The first few, and how many more there are. */
function named<T>(all: readonly T[], linesOf: (one: T) => Line[]): Line[] {
  const more = all.length - most;
  return [...all.slice(0, most).flatMap(linesOf), ...(more > 0 ? [['', `and ${more} more findings`] satisfies Line] : [])];
}

/** A heading with its causes: what was found, where, what it means, and what helps. */
function sectionLines({ title, causes }: Section, document: Document): Line[] {
  return [
    [`${title}: ${causes.length}`, ''],
    ...named(causes, (cause) => [['', cause.headline, reasonLines], ['    in', where(cause, document)], ...meaningLines(cause)]),
  ];
}

function meaningLines(cause: Cause): Line[] {
  const { issue, verdict, harm } = cause;
  if (verdict === 'pass') return [];
  if (issue === undefined || verdict === 'fixed') return [['    why', sentence(cause), reasonLines]];
  // An id of an archive that somebody else wrote is no part of a command to copy.
  const more: Line = ['    more', /^[\w.-]+$/.test(issue.id) ? `npx podproof explain ${issue.id}` : issue.url];
  if (harm !== 'weakens') return [more];
  return [['    who', issue.impact], ['    fix', remedyText(issue.remedy)], more];
}

function where(cause: Cause, { cells }: Document): string {
  const isEverywhere = cells.length > 1 && cause.cells.length === cells.length;
  return `${extent(cause)}${isEverywhere ? ', all of this run' : `: ${firstAndMore(cause.cells)}`}`;
}

function hostText(host: Document['hosts'][number]): string {
  const reason = host.facts === undefined ? '' : `: ${host.facts.acceleratorReason}`;
  return `${host.id} (${host.kind}, kernel ${host.facts?.kernel ?? 'unknown'}), accelerator ${host.accelerator}${reason}`;
}

/** `3 runs: shards 1/4, 2/4, 4/4`. */
export function partsText({ parts }: Document): string {
  const names = parts.map(({ shard, run }) => (shard === undefined ? run : `shard ${shard.index}/${shard.count}`));
  return `${count(parts.length, 'run')}: ${[...names].sort(naturalOrder).join(', ')}`;
}

function exitText({ run, baseline }: Document, { newOnly, interrupted }: SummaryOptions): string {
  if (interrupted === true) return `130: ${exitMeaning(130)}; ${run.exit} by what was judged until then`;
  if (newOnly !== true || baseline === null) return `${run.exit}: ${exitMeaning(run.exit)}`;
  const all = run.exit === baseline.exit ? '' : `; ${run.exit} with what was there before`;
  return `${baseline.exit}: ${exitOfNewMeaning(baseline.exit)}${all}`;
}

/** What became of the answers since the baseline: a headline for each pair of versions, then what turned. */
function sinceLines(document: Document): Line[] {
  const { baseline } = document;
  if (baseline === null) return [];
  return [
    ['Since', baseline.run],
    ...named(headlines(document), (line) => [['', line]]),
    ...remarks(document).map((line): Line => ['', line]),
    ...(['newly-weaker', 'newly-broken', 'newly-unjudged', 'mended'] as const).flatMap((kind) => {
      const outcomes = outcomesOf(document, kind);
      if (outcomes.length === 0) return [];
      return [[`${changeTitles[kind]}: ${outcomes.length}`, ''] satisfies Line, ...named(outcomes, outcomeLines)];
    }),
  ];
}

function outcomeLines({ asks, before, after, cells }: Outcome): Line[] {
  return [
    ['', asks, reasonLines],
    ...(before === '' ? [] : [['    was', before, reasonLines] satisfies Line]),
    ['    now', after, reasonLines],
    ['    in', firstAndMore(cells)],
  ];
}
