import { clip, escapeLine } from '../../report/escape.ts';
import type { CauseEntry, FailureAnswer } from '../failure-answer.ts';
import { outside, tooOld, type Wanted } from '../narrow.ts';
import type { Failure } from '../reader/failure.ts';
import { none, type Remedy } from '../symptoms/symptom.ts';
import type { Tested } from '../tested.ts';
import { field, heading, type Sheet } from './lines.ts';
import { testedText, untestedText } from './tested-text.ts';
import { tryIt } from './try-it.ts';

/** Without `--all` so many remedies: of the others only how many there are. */
const remedies = 2;
/** So much of a statement is in the title, where its facts make none. In UTF-16 units. */
const longestTitle = 150;

/** What was tested, how much is shown, and of which engine. */
export interface FailureReplyOptions {
  tested: readonly Tested[];
  all: boolean;
  engine?: Wanted | undefined;
  runtime?: Wanted | undefined;
}

/** What a failure means, in about a dozen lines: cause, fixes, what they cost, what was tested, what would show another cause. */
export function failureReply(
  { failure, causes }: FailureAnswer,
  sheet: Sheet,
  { tested: judged, all, engine, runtime }: FailureReplyOptions,
): string {
  const [first, ...others] = causes;
  if (first === undefined) return '';
  const tested = testedText(judged);
  const trial = tryIt(failure);
  const untested = untestedText(judged, first.questions, engine);
  return [
    heading(sheet, titleOf(failure)),
    '\n',
    field(sheet, 'cause', `${first.cause} [${first.id}]`),
    ...(all ? [field(sheet, 'where', first.where)] : []),
    ...versionLines(first, sheet, [engine, runtime]),
    ...remedyLines(first, sheet, all, engine),
    ...others.map((other) => field(sheet, 'or', `${other.cause} [${other.id}]`)),
    field(sheet, others.length > 0 ? 'tell apart' : 'otherwise', first.otherwise),
    ...(tested === undefined ? [] : [field(sheet, 'tested', tested)]),
    ...(untested === undefined ? [] : [field(sheet, 'not tested', untested)]),
    ...(trial === undefined ? [] : [field(sheet, 'try it', trial)]),
    ...(all ? [field(sheet, 'source', first.source)] : []),
    ...(all ? others.map((other) => `\n${causeBlock(other, sheet)}`) : []),
  ].join('');
}

/** All of one cause. */
export function causeBlock(cause: CauseEntry, sheet: Sheet): string {
  return [
    heading(sheet, cause.id),
    field(sheet, 'cause', cause.cause),
    field(sheet, 'where', cause.where),
    ...versionLines(cause, sheet, []),
    ...remedyLines(cause, sheet, true),
    field(sheet, 'otherwise', cause.otherwise),
    field(sheet, 'source', cause.source),
  ].join('');
}

/** `open of /dev/dri/renderD128 by an application: EACCES`. Names are shown with their control characters written out. */
export function titleOf({ verb, object, errno, by, tool, text }: Failure): string {
  const who = tool === undefined || by !== 'application' ? `by ${article(by)}` : `by ${tool}`;
  const what = object === undefined ? verb : `${verb ?? 'use'} of ${clip(escapeLine(object), 120)}`;
  if (errno === undefined || what === undefined) return `"${clip(escapeLine(endOf(text)), 160)}"`;
  return `${what} ${clip(escapeLine(who), 60)}: ${errno}`;
}

/** The end of a statement says what it came to. It begins with a whole word. */
function endOf(text: string): string {
  if (text.length <= longestTitle) return text;
  const end = text.slice(-longestTitle);
  const word = /\s/.exec(end)?.index ?? 0;
  return `… ${end.slice(word < 40 ? word : 0).trimStart()}`;
}

function article(layer: string): string {
  const names: Record<string, string> = {
    lsm: 'a Linux security module',
    vmm: 'a VMM',
    gvisor: 'gVisor',
    kata: 'Kata',
    application: 'an application',
  };
  return names[layer] ?? `the ${layer}`;
}

/** Which versions have it, and whether those that are meant do. */
function versionLines({ ranges = [] }: CauseEntry, sheet: Sheet, meant: ReadonlyArray<Wanted | undefined>): string[] {
  const not = meant.flatMap((component) => outside(ranges, component) ?? []);
  return ranges.length === 0 ? [] : [field(sheet, 'versions', [ranges.join(', '), ...not].join('; '))];
}

function remedyLines({ remedies: list }: CauseEntry, sheet: Sheet, all: boolean, engine?: Wanted): string[] {
  const shown = all ? list : list.slice(0, remedies);
  const single = list.length === 1;
  const more = list.length - shown.length;
  const costs = shown.map(({ cost }, index) => (single ? cost : `${index + 1}: ${cost}`));
  return [
    ...shown.map((remedy, index) => field(sheet, single ? 'fix' : `fix ${index + 1}`, remedyText(remedy, engine))),
    ...(shown.every(({ cost }) => cost === none) ? [] : [field(sheet, 'costs', costs.join(' · '))]),
    ...(more > 0
      ? [field(sheet, 'more', `--all: ${more} more ${more === 1 ? 'fix' : 'fixes'}, where it happens, evidence`)]
      : []),
  ];
}

function remedyText({ do: what, since, weakens }: Remedy, engine?: Wanted): string {
  const old = tooOld(since, engine);
  return [
    what,
    ...(since === undefined ? [] : [`(${since} on)`]),
    ...(weakens === true ? ['– weakens isolation'] : []),
    ...(old === undefined ? [] : [`– ${old}`]),
  ].join(' ');
}
