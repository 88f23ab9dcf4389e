import { clip, visibleLine } from '../report/visible.ts';
import type { KnownEntry, RuleEntry } from './book.ts';
import type { CellEntry } from './cell.ts';
import type { Explanation, SymptomEntry } from './explain.ts';
import type { RecordedCell, RecordedRule } from './recorded.ts';
import type { VerdictEntry } from './verdict.ts';

const label = 10;
const width = 110;

/** An explanation in plain lines. What was given is shown with its control characters written out. */
export function explanationText(explanation: Explanation): string {
  const { kind, verdict, cell, symptoms, rules, known, recorded, runs } = explanation;
  const shown = clip(visibleLine(explanation.text), 200);
  if (kind === 'unknown') {
    const near = rules.map(({ id, title }) => field(id, title, 26)).join('');
    return `Nothing here explains "${shown}".\n${near === '' ? '' : `The nearest rules:\n${near}`}`;
  }
  const blocks = [
    ...(verdict === undefined ? [] : [verdictText(verdict)]),
    ...(cell === undefined ? [] : [cellText(cell)]),
    ...symptoms.map(symptomText),
    ...(kind === 'known issue'
      ? [...known.map(knownText), ...rules.map(ruleText)]
      : [...rules.map(ruleText), ...known.map(knownText)]),
    ...(recorded.length === 0 ? [] : [recordedText(recorded)]),
    ...(runs.length === 0 ? [] : [runsText(runs)]),
  ];
  return `${kind === 'error text' ? `"${shown}"\n\n` : ''}${blocks.join('\n')}`;
}

function verdictText({ verdict, means, exit, next }: VerdictEntry): string {
  return `${verdict}\n${field('means', means)}${field('exit', exit)}${field('next', next)}`;
}

function symptomText({ id, means, where, fix, cost, source, rules }: SymptomEntry): string {
  return `${id}\n${field('means', means)}${field('where', where)}${field('fix', fix)}${field('costs', cost)}${field('source', source)}${rules.length === 0 ? '' : field('rules', rules.join(', '))}`;
}

function ruleText({ id, suite, title, citation, applies, pods }: RuleEntry): string {
  return `${id}, a rule of suite ${suite}\n${field('says', title)}${field('on', pods.join('; '))}${field('applies to', applies)}${field('written in', citation)}`;
}

function knownText({ id, title, url, range, rules, security }: KnownEntry): string {
  return `${id}, a known issue${security ? ' of security' : ''}\n${field('says', title)}${field('happens on', range)}${field('rules', rules.join(', '))}${field('link', url)}`;
}

function cellText({ id, host, engine, runtime, profiles, excluded, applies, unsupported }: CellEntry): string {
  return [
    `${id}\n`,
    field('host', host),
    field('engine', engine),
    field('runtime', runtime),
    excluded === undefined ? field('profiles', profiles.join(', ') || 'none') : field('left out', excluded),
    field('rules', `${applies.length} apply: ${applies.join(', ')}`),
    ...unsupported.map(({ reason, rules }) => field('not', `${reason}: ${rules.join(', ')}`)),
  ].join('');
}

function recordedText(recorded: readonly RecordedRule[]): string {
  const rows = recorded.flatMap(({ rule, lines }) =>
    lines.map((line, index) => field(index === 0 ? rule : '', visibleLine(line), 26)),
  );
  return `Recorded evidence\n${rows.join('')}`;
}

function runsText(runs: readonly RecordedCell[]): string {
  const lines = runs.map(({ run, started, verdicts, deviates }) => {
    const bad = deviates.map(({ rule, known }) => (known === undefined ? rule : `${rule} (${known})`));
    return field(
      run,
      visibleLine([`${verdicts}, ${started.slice(0, 10)}`, ...(bad.length === 0 ? [] : [bad.join(', ')])].join('; deviates: ')),
      40,
    );
  });
  return `Recorded runs\n${lines.join('')}`;
}

/** A label and its text, broken at blanks, the other lines indented. */
function field(name: string, text: string, indent = label + 2): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width - indent) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line]
    .map((each, index) => `${index === 0 ? `  ${name}`.padEnd(indent + 2) : ' '.repeat(indent + 2)}${each}\n`)
    .join('');
}
