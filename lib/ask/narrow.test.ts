import { describe, expect, it } from 'vitest';
import { narrowTested, outside, tooOld, wanted } from './narrow.ts';
import { testedText, untestedText } from './reply/tested-text.ts';
import { testedIn } from './tested.ts';

const report = {
  cells: [
    { id: 'a', engine: { name: 'containerd', version: '1.7.24' }, runtime: { name: 'runc', version: '1.1.15' } },
    { id: 'b', engine: { name: 'crio', version: '1.36.3' }, runtime: { name: 'crun', version: '1.21' } },
  ],
  verdicts: [
    { cell: 'a', question: 'OWN-OFF', verdict: 'pass' },
    { cell: 'b', question: 'OWN-OFF', verdict: 'known' },
    { cell: 'b', question: 'OWN-ON', verdict: 'pass' },
    { cell: 'a', question: 'OWN-OFF', verdict: 'blocked' },
    { cell: 'gone', question: 'OWN-OFF', verdict: 'pass' },
  ],
};
const tested = testedIn(report, ['OWN-OFF']);

describe('what a report says about a question', () => {
  it('is each judgement on it, with the versions, whether it deviates or not', () => {
    expect(
      tested.map(({ engine, engineVersion, runtime, asDocumented }) => [engine, engineVersion, runtime, asDocumented]),
    ).toEqual([
      ['containerd', '1.7.24', 'runc', true],
      ['crio', '1.36.3', 'crun', false],
    ]);
    expect(testedText(tested)).toBe('containerd 1.7.24 with runc; CRI-O 1.36.3 with crun (some deviate): OWN-OFF');
  });

  it.for([undefined, null, 1, 'x', [], {}, { cells: 1, verdicts: [null, { cell: 1 }] }])(
    'is nothing where it has another shape: %j',
    (odd) => {
      expect(testedIn(odd, ['OWN-OFF'])).toEqual([]);
    },
  );
});

describe('an answer that is narrowed', () => {
  it('tells only of the engine and the runtime that are meant', () => {
    expect(narrowTested(tested, wanted('CRI-O@1.36'), undefined).map(({ engine }) => engine)).toEqual(['crio']);
    expect(narrowTested(tested, wanted('crio@1.3'), undefined)).toEqual([]);
    expect(narrowTested(tested, undefined, wanted('runc')).map(({ engine }) => engine)).toEqual(['containerd']);
  });

  it('says that nothing was tested of it, and of no other engine', () => {
    expect(untestedText([], ['OWN-OFF'], wanted('crio@1.20'))).toBe('CRI-O 1.20: no recorded run asks it there');
    expect(untestedText(tested, ['OWN-OFF'])).toBeUndefined();
  });

  it('says which remedies its version is too old for', () => {
    expect(tooOld('containerd 1.6, CRI-O 1.22', wanted('crio@1.20'))).toContain('too old');
    expect(tooOld('containerd 1.6, CRI-O 1.22', wanted('crio@1.36'))).toBeUndefined();
    expect(tooOld('containerd 1.6, CRI-O 1.22', wanted('containerd@1.5.18'))).toContain('1.6 on');
  });

  it('says that a version is outside of those that have the cause', () => {
    const ranges = ['runc >=1.2.0 <1.2.4', 'crun >=1.5 <1.20'];
    expect(outside(ranges, wanted('runc@1.3.6'))).toBe('runc 1.3.6 is outside of that');
    expect(outside(ranges, wanted('runc@1.2.3'))).toBeUndefined();
    expect(outside(ranges, wanted('kata@4.1.0'))).toBeUndefined();
    expect(outside(ranges, undefined)).toBeUndefined();
  });

  it.for(['!!', '', '1.7', 'a b'])('is refused for %j, which is no name', (text) => {
    expect(wanted(text)).toBeUndefined();
  });
});
