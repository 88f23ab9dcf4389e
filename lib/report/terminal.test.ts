import { describe, expect, test } from 'vitest';
import { withBaseline } from './compare.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { hostileChanges, hostileDocument, hostileTexts, longWindedDocument } from '../testing/report/hostile.ts';
import { renderTerminal } from './terminal.ts';

test('the summary names hosts with accelerator, counts, findings, the report and the exit code', () => {
  const text = renderTerminal(withBaseline(sampleDocument(), sampleDocument()), {
    reportPath: 'results/x/report.html',
    width: 500,
  });
  expect(text).toContain('debian-13 (vm, kernel 6.12.118+deb13-amd64), accelerator tcg: full emulation');
  expect(text).toMatch(/^Verdicts +1 error, 4 fail/m);
  expect(text).toMatch(/^Found +\d new findings, 1 weakens isolation\. \d known causes? weakens? isolation\.$/m);
  expect(text).toMatch(/^ {4}in {4}OWN-DIRECTORY in 2 cells: .* and 1 more$/m);
  expect(text).toMatch(
    /^Since .*\n +Same versions: 0 newly weaker, 0 newly broken, 0 mended, \d+ the same, 0 not comparable, 2 still unjudged$/m,
  );
  expect(text).toMatch(/^Report +results\/x\/report\.html$/m);
  expect(text).toMatch(/^Exit +1: /m);
});

test('the summary says first what was tested, and of a finding in every cell that it is in all of them', () => {
  const document = sampleDocument();
  const cells = document.cells.filter(({ engine }) => engine.name === 'crio').slice(0, 2);
  const [first] = document.verdicts.filter(({ verdict }) => verdict === 'known');
  const verdicts = cells.map(({ id }) => ({ ...first!, cell: id }));
  const text = renderTerminal({ ...document, cells, verdicts }, { width: 500 });
  expect(text).toMatch(/^Run .*\nTested {4}CRI-O 1\.36\.3 · crun 1\.21, runc 1\.1\.15 · debian-12, debian-13$/m);
  expect(text).toMatch(/^ {4}in {4}\S+ in 2 cells, all of this run$/m);
});

test('the summary of an interrupted run says the exit code that it gives, and what came out until then', () => {
  expect(renderTerminal(sampleDocument(), { interrupted: true, newOnly: true })).toMatch(
    /^Exit +130: interrupted; 1 by what was judged until then$/m,
  );
});

test('the summary names the run that is to be resumed where it is not below the usual directory', () => {
  const document = sampleDocument();
  const [cell] = document.cells;
  const blocked = { ...document, cells: cell === undefined ? [] : [{ ...cell, verdict: 'blocked' as const, reason: 'no KVM' }] };
  expect(renderTerminal(blocked, { width: 200 })).toMatch(/then +npx podproof run --resume goes on;/);
  expect(renderTerminal(blocked, { width: 200, resume: '/out/7' })).toMatch(/then +npx podproof run --resume \/out\/7 goes on;/);
});

test('the summary ends with what weakens, what broke, the counts and the exit code, in this order', () => {
  const document = sampleDocument();
  const [first] = document.verdicts;
  const known = (id: string, security: boolean, cell: string) => ({
    ...first!,
    cell,
    verdict: 'known' as const,
    known: id,
    ...(security && { harm: 'weakens' as const }),
  });
  document.verdicts = [
    known('kata-privileged-full-exists', false, 'a/b/c'),
    known('crio-mode-0666', true, 'a/b/d'),
    known('crio-mode-0666', true, 'a/b/c'),
    { ...first!, verdict: 'fail', question: 'R-1', cell: 'a/b/c' },
  ];
  document.cells = [];
  const lines = renderTerminal(document, { reportPath: 'r.html', width: 500 }).trimEnd().split('\n').slice(-18);
  expect(lines).toEqual([
    'Found     1 new finding. 1 known cause weakens isolation.',
    'Weakens isolation, known: 1',
    '  CRI-O opens every requested device to everybody: 0666',
    `    in    ${first?.question} in 2 cells: a/b/c and 1 more`,
    expect.stringMatching(/^ {4}who {3}Every process of the pod, of any user, opens the device /),
    '    fix   none known',
    '    more  npx podproof explain crio-mode-0666',
    'Deviates, new: 1',
    expect.stringMatching(/^ {2}R-1 Unforeseen: /),
    '    in    R-1 in 1 cell: a/b/c',
    expect.stringMatching(/^ {4}why {3}expected /),
    'Broken, known: 1',
    expect.stringMatching(/^ {2}A privileged Kata pod with host devices fails/),
    `    in    ${first?.question} in 1 cell: a/b/c`,
    '    more  npx podproof explain kata-privileged-full-exists',
    'Report    r.html',
    expect.stringMatching(/^Verdicts /),
    expect.stringMatching(/^Exit {6}1: /),
  ]);
});

test('what is mended since a baseline is shown with what it was and is', () => {
  const older = sampleDocument();
  older.verdicts = older.verdicts.map((each) =>
    each.question === 'PRIV-NO-HOST-DEV' ? { ...each, verdict: 'fail' as const, answer: 'other' } : each,
  );
  const text = renderTerminal(withBaseline(sampleDocument(), older), { width: 500 });
  expect(text).toMatch(/^Mended: 1\n {2}\S.*\n {4}was {3}\S.*\n {4}now {3}\S.*\n {4}in {4}\S/m);
  expect(text).not.toMatch(/^Newly/m);
  expect(text.indexOf('Mended')).toBeLessThan(text.indexOf('Verdicts'));
});

test('an id that a command line would not take as one word is not part of a command', () => {
  const document = sampleDocument();
  document.known = document.known.map((issue) => ({ ...issue, id: `$(${issue.id})` }));
  document.verdicts = document.verdicts.map(({ known, ...each }) => ({ ...each, ...(known && { known: `$(${known})` }) }));
  expect(renderTerminal(document)).not.toContain('explain');
});

test('many findings are counted', () => {
  const document = sampleDocument();
  const first = document.verdicts[0]!;
  document.verdicts = Array.from({ length: 30 }, (_, index) => ({ ...first, question: `R-${index}`, verdict: 'fail' }));
  document.cells = [];
  expect(renderTerminal(document)).toContain('and 22 more findings');
});

test.for(hostileTexts)('hostile text %# cannot act on a terminal, nor on a runner that reads it', (text) => {
  const shown = renderTerminal(hostileDocument(text), { reportPath: text }) + renderTerminal(hostileChanges(text));
  for (const line of shown.split('\n').slice(0, -1)) {
    expect(line).toMatch(
      /^((Run|Tested|Host|Found|Verdicts|Since|Report|Exit|Blocked| {2}(why|fix|then)| {4}(in|who|why|fix|more|was|now)| {9}) | {2,4}\S|(Weakens isolation|Deviates|Broken), (new|known|as documented): \d+$|Not judged: \d+$|Known issues that no longer happen: \d+$|(Newly (weaker|broken|unjudged)|Mended): \d+$)/,
    );
    expect(line.trim()).not.toMatch(/^::/);
    expect(line.length).toBeLessThan(500);
    expect(line).not.toContain('##[');
  }
  // oxlint-disable-next-line no-control-regex
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
});

test.for([80, 132])('no line is longer than %i, the width of the terminal, unless it is one word', (width) => {
  const text = renderTerminal(withBaseline(sampleDocument(), sampleDocument()), { reportPath: `/${'a/'.repeat(80)}`, width });
  const long = text.split('\n').filter((line) => line.length > width);
  expect(long.map((line) => line.trim().split(/\s+/).length)).toEqual(['Report'].map(() => 1));
});

describe('what blocked a run', () => {
  const remedy = 'npx podproof doctor';
  const reason = `Cannot build the host image of Debian trixie: mmdebstrap: ${'it cannot write there, '.repeat(20)}and ends`;
  const blockedDocument = () => {
    const document = sampleDocument();
    const [first] = document.verdicts;
    document.cells = ['a/b/c', 'a/b/d'].map((id) => ({
      ...document.cells[0]!,
      ...{ id, verdict: 'blocked', reason: `${reason}; ${remedy}`, remedy },
    }));
    document.verdicts = document.cells.flatMap(({ id }) =>
      Array.from({ length: 5 }, (_, index) => ({
        ...first!,
        ...{ cell: id, question: `R-${index}`, verdict: 'blocked' as const, reason: `${reason}; ${remedy}` },
      })),
    );
    return document;
  };

  test('is shown once, in three lines, with what helps and how to go on', () => {
    const lines = renderTerminal(blockedDocument(), { reportPath: 'r.html' }).split('\n');
    const start = lines.indexOf('Blocked   nothing could run: 2 cells, 10 questions');
    expect(lines.slice(start + 1, start + 5)).toEqual([
      '  why     Cannot build the host image of Debian trixie: mmdebstrap: it cannot',
      '          write there, it cannot write there, it cannot write there, it cannot',
      '          write there, it cannot write there, it cannot write there, it cannot …',
      '  fix     npx podproof doctor',
    ]);
    expect(lines.join('\n').match(/Cannot build/g)).toHaveLength(1);
  });

  test('is not all where something ran', () => {
    const document = blockedDocument();
    document.verdicts.push({ ...sampleDocument().verdicts[0]!, verdict: 'pass' });
    expect(renderTerminal(document)).toContain('Blocked   2 cells, 10 questions could not run\n');
  });
});

test('a line of a megabyte is cut', () => {
  for (const line of renderTerminal(longWindedDocument()).split('\n')) expect(line.length).toBeLessThan(500);
});
