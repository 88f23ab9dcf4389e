import { expect, it } from 'vitest';
import { changeKinds, incomparable, type Change } from '../model/baseline.ts';
import type { Verdict } from '../model/document.ts';
import { sinceThen } from './since-then.ts';

type Told = Partial<Verdict> & Pick<Verdict, 'verdict'>;
const owned: Told = { verdict: 'pass', answer: 'owned' };
const denied: Told = { verdict: 'pass', answer: 'denied', harm: 'breaks' };
const open: Told = { verdict: 'known', known: 'i', answer: 'open', harm: 'weakens' };
const unforeseen: Told = { verdict: 'fail', observed: 'a' };
const blocked: Told = { verdict: 'blocked' };

const rows: Array<[Told | undefined, Told, Change['kind'], Change['why']?]> = [
  [owned, open, 'newly-weaker'],
  [denied, { ...open, verdict: 'pass' }, 'newly-weaker'],
  [unforeseen, open, 'newly-weaker'],
  [open, { verdict: 'fail', answer: 'wide', harm: 'weakens' }, 'newly-weaker'],
  [owned, denied, 'newly-broken'],
  [open, denied, 'newly-broken'],
  [owned, unforeseen, 'newly-broken'],
  [owned, { verdict: 'fail', answer: 'other' }, 'newly-broken'],
  [unforeseen, { ...unforeseen, observed: 'b' }, 'newly-broken'],
  [denied, { verdict: 'fail', answer: 'closed', harm: 'breaks' }, 'newly-broken'],
  [owned, blocked, 'newly-unjudged'],
  [undefined, blocked, 'newly-unjudged'],
  [{ verdict: 'unsupported' }, { verdict: 'missing' }, 'newly-unjudged'],
  [unforeseen, { verdict: 'error' }, 'newly-unjudged'],
  [owned, { verdict: 'void' }, 'newly-unjudged'],
  [blocked, { verdict: 'void' }, 'newly-unjudged'],
  [blocked, { verdict: 'missing' }, 'still-unjudged'],
  [{ verdict: 'void' }, { verdict: 'void' }, 'still-unjudged'],
  [open, owned, 'mended'],
  [denied, owned, 'mended'],
  [unforeseen, owned, 'mended'],
  [open, { verdict: 'fixed', known: 'i', answer: 'owned' }, 'mended'],
  [{ verdict: 'known', known: 'i', answer: 'left' }, owned, 'mended'],
  [owned, { ...owned, observed: 'b' }, 'changed-evidence'],
  [owned, { ...owned, layer: 'guest' }, 'changed-evidence'],
  [owned, { verdict: 'pass', answer: 'kept' }, 'changed-evidence'],
  [owned, { verdict: 'known', known: 'i', answer: 'left' }, 'changed-evidence'],
  [open, { ...open, answer: 'wide', known: 'j' }, 'changed-evidence'],
  [denied, { ...denied, answer: 'refused' }, 'changed-evidence'],
  [owned, owned, 'same'],
  [open, open, 'same'],
  [open, { ...open, verdict: 'fail' }, 'same'],
  [unforeseen, unforeseen, 'same'],
  [owned, { ...owned, expected: 'reworded', reason: 'x' }, 'same'],
  [{ ...owned, observed: 'engine v1.7.24~ds1' }, { ...owned, observed: 'engine 2.3.4' }, 'same'],
  [{ ...owned, observed: 'file kata-1-7-24.toml' }, { ...owned, observed: 'file kata-2-3-4.toml' }, 'same'],
  [{ ...owned, observed: '0666: /dev/sda, /dev/sdb' }, { ...owned, observed: '0666: /dev/sdb, /dev/sda' }, 'same'],
  [undefined, open, 'not-comparable', 'not-run'],
  [undefined, unforeseen, 'not-comparable', 'not-run'],
  [{ verdict: 'unsupported' }, open, 'not-comparable', 'inapplicable'],
  [blocked, unforeseen, 'not-comparable', 'unjudged'],
  [{ verdict: 'void' }, owned, 'not-comparable', 'unjudged'],
  [{ verdict: 'pass', observed: 'b' }, denied, 'not-comparable', 'no-answer'],
  [{ verdict: 'pass' }, { ...owned, observed: 'b' }, 'changed-evidence'],
  [{ verdict: 'known', known: 'i', harm: 'weakens' }, open, 'same'],
  [{ verdict: 'pass' }, open, 'newly-weaker'],
];

it.for(rows)('from %j to %j is %s', ([was, now, kind, why]) => {
  const base = { cell: 'c', suite: 's', scenario: 'p', question: 'R', expected: 'e', observed: '', evidence: '' };
  const found = sinceThen({
    was: was && { ...base, ...was },
    now: { ...base, ...now },
    versions: [
      ['1.7.24', '1.21'],
      ['2.3.4', '1.21'],
    ],
    absent: () => 'not-run',
  });
  expect(found).toEqual({ kind, ...(why && { why }) });
});

it('is tried with every kind', () => {
  expect(new Set(rows.map(([, , kind]) => kind))).toEqual(new Set(changeKinds));
  const here = new Set(rows.flatMap(([, , , why]) => why ?? []));
  // The other two are of cells, not of verdicts.
  expect([...here, 'no-cell', 'not-asked'].sort()).toEqual([...incomparable].sort());
});
