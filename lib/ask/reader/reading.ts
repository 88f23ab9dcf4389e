import { complaint, failuresIn, type Failure } from './failure.ts';
import { plain } from './plain.ts';

/** What a pasted text tells. */
export interface Reading {
  /** The failures that it names, in its order: the last one is what it ended with. */
  failures: Failure[];
  /** The words around them, on which one line: `ls -l`, audit, events and whatever else may decide. */
  context: string;
}

/** Longest line that is read whole; of longer ones only what surrounds a complaint. In UTF-16 units, as all here. */
const longest = 8_192;
/** How many statements of a long text are read, from its end, and how much text. */
const most = 400;
const mostText = 262_144;
/** How many failures of a text are reported: what is farther from its end decides nothing. */
const mostFailures = 300;
/** How much of a text decides beside the failure itself. */
const around = 65_536;

/** With this a statement of a log begins; what follows it without one is more of the same statement. */
const head =
  /^\s*(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]|\d\d:\d\d:\d\d|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d|[IWEF]\d{4} |time=|level=|\{"|\w{0,10}(?:Warning|Normal) {2,}|\[ *\d+\.\d+\]|type=[A-Z\d]+ |audit: |\[(?:INFO|WARN|ERROR|DEBUG|FATAL|TRACE)|(?:INFO|WARN(?:ING)?|ERRO?R?|DEBU?G?|FATAL?)\b[ :[])/;

const causes = /^\s*(?:caused by|stack backtrace|\d+: )/i;

/** Reads failures from any pasted text; time and memory grow with its length and no faster. */
export function read(text: string): Reading {
  const statements = statementsOf(text);
  const recent = latest(statements);
  const failures = recent.flatMap((statement) => unitsOf(statement).flatMap(failuresIn)).slice(-mostFailures);
  return {
    failures,
    context: recent
      .map((lines) => lines.join(' '))
      .join(' ⏎ ')
      .slice(-around),
  };
}

function latest(statements: readonly string[][]): string[][] {
  let length = 0;
  const from = statements.findLastIndex((lines) => (length += lines.reduce((sum, line) => sum + line.length, 0)) > mostText);
  return statements.slice(Math.max(from + 1, statements.length - most));
}

/** A statement: its lines, in plain words. Statements that complain of nothing are left out of long texts. */
function statementsOf(text: string): string[][] {
  const statements: string[][] = [];
  let open = false;
  const isLong = text.length > around;
  for (const raw of linesOf(text)) {
    if (isLong && !complaint.test(raw)) {
      open = false;
      continue;
    }
    for (const [index, line] of plain(raw).split('\n').entries()) {
      const last = statements.at(-1);
      // An escaped newline is one within a message, and a cause goes on after a blank line.
      const goesOn = last !== undefined && last.length < 40 && (open ? index > 0 || !head.test(line) : causes.test(line));
      if (line.trim() !== '') {
        if (goesOn) last.push(line.trimEnd());
        else statements.push([line.trimEnd()]);
        open = true;
      } else if (index === 0) open = false;
    }
    // What is far from the end is not looked at again.
    if (statements.length > 4 * most) statements.splice(0, statements.length - most);
  }
  return statements;
}

/** The lines of a text; of one that is too long the parts around its complaints. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start <= text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end - start <= longest) yield text.slice(start, end);
    else yield* complaintsOf(text.slice(start, end));
    start = end + 1;
  }
}

function* complaintsOf(line: string): Generator<string> {
  const each = new RegExp(complaint.source, 'gi');
  for (let found = each.exec(line); found !== null; found = each.exec(line)) {
    const from = Math.max(0, found.index - longest / 2);
    yield line.slice(from, found.index + longest / 2);
    each.lastIndex = found.index + longest / 2;
  }
}

/** What of a statement is read on its own: each of its lines, then all of it as one, as terminals and logs break lines. */
function unitsOf(lines: readonly string[]): string[] {
  const each = lines.map(oneLine);
  if (lines.length === 1) return each;
  // Two lines do not tell whether a word was broken: both are read.
  const whole = [...(brokenByWidth(lines) ? [''] : []), ' '].map((join) => oneLine(lines.join(join)));
  return [...each, ...whole.filter(({ length }) => length <= longest)];
}

/** Whether a terminal broke the lines at its width, in the middle of words. */
function brokenByWidth(lines: readonly string[]): boolean {
  const [first = '', ...others] = lines;
  return (
    first.length >= 40 &&
    others.slice(0, -1).every(({ length }) => length === first.length) &&
    (others.at(-1) ?? '').length <= first.length
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
