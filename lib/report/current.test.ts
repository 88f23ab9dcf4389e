import { expect, test } from 'vitest';
import type { Harm } from '../model/verdict.ts';
import type { Answer } from './answer.ts';
import type { Track } from './history.ts';
import { currentOf, urgencyOf } from './current.ts';
import { ownName } from './own-name.ts';

function value(name: string, verdict: Answer['verdict'] = 'pass', harm?: Harm): Answer {
  return { verdict, known: [], answers: [{ name, short: name, says: name, ...(harm && { harm }) }] };
}
const doesNotApply: Answer = { verdict: 'unsupported', known: [], answers: [] };

function track(...ranges: Array<[engines: string, runtimes: string, value: Answer]>): Track {
  return {
    suite: 's',
    question: 'R',
    asks: 'Is it?',
    engine: 'containerd',
    runtime: 'runc',
    ranges: ranges.map(([engines, runtimes, own]) => ({
      engines: engines.split(' '),
      runtimes: runtimes.split(' '),
      value: own,
    })),
    turns: [],
  };
}

test('the newest tested version answers, since the oldest tested one from which on nothing else was seen', () => {
  const current = currentOf(
    track(
      ['1.3.10', '1.1.5', doesNotApply],
      ['1.4.13', '1.1.5', value('owned')],
      ['1.5.18', '1.1.5', value('ignored')],
      ['1.6.20 1.7.24', '1.1.5 1.1.15', value('owned')],
    ),
  );
  expect(current).toEqual({
    value: value('owned'),
    since: { along: 'engine', version: '1.6.20', tested: 2, all: false },
    before: [value('ignored')],
  });
});

test('where every tested version answers alike, all of them are told', () => {
  expect(currentOf(track(['1.6.20 1.7.24 2.3.4', '1.1.5', value('owned')]))?.since).toEqual({
    along: 'engine',
    version: '1.6.20',
    tested: 3,
    all: true,
  });
});

test('where the version of the runtime decides, it is told since which of them', () => {
  const ranges = track(['1.7.24', '3.8.0 3.14.0', value('closed', 'known', 'breaks')], ['1.7.24', '3.15.0', value('host')]);
  expect(currentOf(ranges)).toMatchObject({
    value: value('host'),
    since: { along: 'runtime', version: '3.15.0', tested: 1, all: false },
    before: [value('closed', 'known', 'breaks')],
  });
});

test('a question that applies with no tested version has no answer', () => {
  expect(currentOf(track(['1.7.24', '1.1.5', doesNotApply]))).toBeUndefined();
});

test('what weakens isolation is more urgent than what else deviates, and what is documented and harmless is not', () => {
  const urgencies = [
    value('open', 'known', 'weakens'),
    value('open', 'pass', 'weakens'),
    value('closed', 'known', 'breaks'),
    value('odd', 'fail'),
    value('denied', 'pass', 'breaks'),
  ].map(urgencyOf);
  expect(urgencies).toEqual([6, 4, 2, 1, 0]);
});

test('names are written as their owners write them, and an unknown one as it is', () => {
  expect(['crio', 'containerd', 'runsc', 'kata go qemu', 'kata rust clh', 'youki', '__proto__', ''].map(ownName)).toEqual([
    'CRI-O',
    'containerd',
    'gVisor',
    'Kata Containers (Go, QEMU)',
    'Kata Containers (Rust, Cloud Hypervisor)',
    'youki',
    '__proto__',
    '',
  ]);
});
