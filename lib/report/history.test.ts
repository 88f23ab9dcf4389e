import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Document } from '../model/document.ts';
import type { Harm, VerdictName } from '../model/verdict.ts';
import { history } from './history.ts';
import { historyText } from './history-text.ts';
import { countOf, sampleDocument } from '../testing/report/sample.ts';
import { hostileDocument, hostileTexts } from '../testing/report/hostile.ts';

const answers: Record<'host' | 'ignored' | 'open-to-all' | 'closed', { says: string; harm?: Harm }> = {
  host: { says: 'that of the host’s node' },
  ignored: { says: 'the key has no effect', harm: 'breaks' },
  'open-to-all': { says: 'the mode is 0666', harm: 'weakens' },
  closed: { says: 'it is 000', harm: 'breaks' },
};
type Name = keyof typeof answers;
const harmOf = (name: Name): { harm?: Harm } => {
  const { harm } = answers[name];
  return harm === undefined ? {} : { harm };
};
const seen = (...names: Name[]): unknown[] =>
  names.map((name) => ({ name, short: name === 'open-to-all' ? 'open to all' : name, ...answers[name] }));

/** A run with one question in some cells: engine version, runtime version, verdict, pod, answer. */
function run(
  id: string,
  started: string,
  rows: Array<[engine: string, runtime: string, verdict: VerdictName, scenario?: string, answer?: Name]>,
): Document {
  const sample = sampleDocument();
  const verdicts = rows.map(
    ([engine, runtime, verdict, scenario = 'owned', answer = verdict === 'pass' ? 'host' : 'closed']) => ({
      ...(verdict === 'fail' || verdict === 'unsupported' ? {} : { answer, ...harmOf(answer) }),
      cell: `debian-13/crio-${engine}/kata-${runtime}-go-qemu`,
      suite: 'ownership',
      scenario,
      question: 'OWN-MODE',
      verdict,
      expected: 'e',
      observed: 'o',
      evidence: 'x#1',
      ...(verdict === 'known' ? { known: 'crio-kata-mode-000' } : {}),
    }),
  );
  return {
    ...sample,
    run: { ...sample.run, id, started },
    questions: [
      {
        id: 'OWN-MODE',
        suite: 'ownership',
        asks: 'Which mode has a device?',
        citation: '',
        range: '',
        answers: Object.entries(answers).map(([name, answer]) => ({ name, ...answer })),
      },
    ],
    cells: [...new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row])).values()].map(([engine, runtime]) => ({
      id: `debian-13/crio-${engine}/kata-${runtime}-go-qemu`,
      host: 'debian-13',
      engine: { name: 'crio', version: engine, source: '', sha256: '' },
      runtime: { name: 'kata', version: runtime, shim: 'go', vmm: 'qemu', source: '', sha256: '' },
      verdict: 'pass',
    })),
    verdicts,
    counts: countOf(verdicts),
  };
}

const ping = run('a', '2026-01-01T00:00:00Z', [
  ['1.36.3', '3.14.0', 'known'],
  ['1.36.3', '3.2.0', 'pass'],
  ['1.36.3', '3.15.0', 'pass'],
  ['1.36.3', '3.7.0', 'pass'],
  ['1.36.3', '3.8.0', 'known'],
  ['1.36.3', '3.9.0', 'blocked'],
]);

test('a question under an engine with a runtime has ranges of versions, and the first bad and the first good of them', () => {
  const { tracks } = history([ping]);
  expect(tracks).toHaveLength(1);
  expect(tracks[0]).toMatchObject({ question: 'OWN-MODE', engine: 'crio', runtime: 'kata go qemu' });
  expect(tracks[0]?.ranges.map(({ runtimes, value }) => `${runtimes.join()} ${value.verdict}`)).toEqual([
    '3.2.0,3.7.0 pass',
    '3.8.0,3.14.0 known',
    '3.15.0 pass',
  ]);
  const good = { verdict: 'pass', known: [], answers: seen('host') };
  const bad = { verdict: 'known', known: ['crio-kata-mode-000'], answers: seen('closed') };
  expect(tracks[0]?.turns).toEqual([
    {
      kind: 'broke',
      along: 'runtime',
      last: { engine: '1.36.3', runtime: '3.7.0' },
      first: { engine: '1.36.3', runtime: '3.8.0' },
      before: good,
      after: bad,
    },
    {
      kind: 'mended',
      along: 'runtime',
      last: { engine: '1.36.3', runtime: '3.14.0' },
      first: { engine: '1.36.3', runtime: '3.15.0' },
      before: bad,
      after: good,
    },
  ]);
});

test('a change is attributed to the engine, to the runtime, or to both where no run tells them apart', () => {
  const alongs = (...rows: Array<[string, string, VerdictName]>): string[] =>
    history([run('a', '2026-01-01T00:00:00Z', rows)]).tracks.flatMap(({ turns }) => turns.map(({ along }) => along));
  expect(alongs(['1.36.3', '3.8.0', 'fail'], ['1.37.0', '3.8.0', 'pass'])).toEqual(['engine']);
  expect(alongs(['1.36.3', '3.8.0', 'fail'], ['1.36.3', '3.9.0', 'pass'])).toEqual(['runtime']);
  expect(alongs(['1.36.3', '3.8.0', 'fail'], ['1.37.0', '3.9.0', 'pass'])).toEqual(['both']);
  expect(alongs(['1.36.3', '3.8.0', 'unsupported'], ['1.36.3', '3.9.0', 'pass'])).toEqual([]);
});

test('a documented answer that becomes another is reported as broken or mended by the harm of both', () => {
  const turns = (...names: Name[]): unknown =>
    history([
      run(
        'a',
        '2026-01-01T00:00:00Z',
        names.map((name, index) => [`1.${index}.0`, '3.8.0', 'pass', 'owned', name]),
      ),
    ]).tracks[0]?.turns.map(({ kind }) => kind);
  expect(turns('ignored', 'host')).toEqual(['mended']);
  expect(turns('host', 'host', 'open-to-all', 'closed', 'ignored')).toEqual(['broke', 'mended', 'changed']);
});

test('pods of one question that answer differently are all reported, what harms most first', () => {
  const { tracks } = history([
    run('a', '2026-01-01T00:00:00Z', [
      ['1.36.3', '3.8.0', 'pass', 'a', 'host'],
      ['1.36.3', '3.8.0', 'pass', 'b', 'closed'],
      ['1.36.3', '3.8.0', 'pass', 'c', 'open-to-all'],
    ]),
  ]);
  expect(tracks[0]?.ranges[0]?.value.answers).toEqual(seen('open-to-all', 'closed', 'host'));
});

test('the worst of the pods of a question is its answer, and pods to which it does not apply say nothing', () => {
  const answer = (...verdicts: VerdictName[]): unknown =>
    history([
      run(
        'a',
        '2026-01-01T00:00:00Z',
        verdicts.map((verdict, index) => ['1.36.3', '3.8.0', verdict, `pod-${index}`]),
      ),
    ]).tracks[0]?.ranges[0]?.value;
  expect(answer('pass', 'known', 'unsupported')).toEqual({
    verdict: 'known',
    known: ['crio-kata-mode-000'],
    answers: seen('closed', 'host'),
  });
  expect(answer('pass', 'unsupported')).toEqual({ verdict: 'pass', known: [], answers: seen('host') });
  expect(answer('unsupported')).toEqual({ verdict: 'unsupported', known: [], answers: [] });
  expect(answer('pass', 'error')).toEqual({ verdict: 'pass', known: [], answers: seen('host') });
  expect(answer('blocked', 'void', 'missing', 'error')).toBeUndefined();
});

test('over runs the newest verdict counts, and what changed between two runs is reported with both', () => {
  const of = (id: string, verdict: VerdictName): Document => run(id, `2026-01-0${id}T00:00:00Z`, [['1.36.3', '3.8.0', verdict]]);
  const runs = [of('1', 'pass'), of('2', 'blocked'), of('3', 'fail'), of('4', 'fail'), of('5', 'pass')];
  const { tracks, events } = history(runs);
  expect(tracks[0]?.ranges[0]?.value.verdict).toBe('pass');
  expect(events.map(({ kind, last, first }) => `${kind} ${last.run}-${first.run}`)).toEqual(['broke 1-3', 'mended 4-5']);
});

test('a history is the same whatever the order of the runs, and however often one is named', () => {
  const runs = [ping, sampleDocument(), run('b', '2026-02-01T00:00:00Z', [['1.37.0', '3.8.0', 'pass']])];
  const expected = history(runs);
  expect(expected.runs.map(({ id }) => id)).toEqual(['a', 'b', sampleDocument().run.id]);
  fc.assert(
    fc.property(fc.shuffledSubarray([...runs, ...runs], { minLength: 6 }), (shuffled) => {
      expect(history(shuffled)).toEqual(expected);
    }),
  );
});

test('the text names what deviates with its versions, and counts the rest', () => {
  const text = historyText(history([ping]));
  expect(text).toContain(
    [
      'OWN-MODE: Which mode has a device?',
      '  crio with kata go qemu',
      '    that of the host’s node; as documented',
      '      crio 1.36.3, kata go qemu (2 tested: 3.2.0 · 3.7.0)',
      '      crio 1.36.3, kata go qemu 3.15.0',
      '    breaks: it is 000; deviates, known: crio-kata-mode-000',
      '      crio 1.36.3, kata go qemu (2 tested: 3.8.0 · 3.14.0)',
      '    first “closed” with kata 3.8.0 (go qemu), last “host” with 3.7.0; crio 1.36.3 in both',
      '    first “host” with kata 3.15.0 (go qemu), last “closed” with 3.14.0; crio 1.36.3 in both',
      '',
    ].join('\n'),
  );
  expect(text).toMatch(
    /\d+ of \d+ tracks, a question under an engine with a runtime each, are as documented, harmless and the same/,
  );
});

test.for(hostileTexts)('hostile text %# cannot act on a terminal', (hostile) => {
  const text = historyText(history([hostileDocument(hostile)]));
  // oxlint-disable-next-line no-control-regex
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]|##\[/);
  expect(text).not.toMatch(/^::/m);
});
