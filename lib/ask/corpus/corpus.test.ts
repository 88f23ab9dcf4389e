import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { knownIssues, suites } from '../../../suites/all.ts';
import type { Book } from '../book.ts';
import { explain } from '../explain.ts';
import { symptoms } from '../symptoms/all.ts';

/** The corpus has a half that is looked at while symptoms are written, and one that is only counted: by a hash of the id. */
function isCounted(id: string): boolean {
  let hash = 0x811c9dc5;
  for (const code of new TextEncoder().encode(id)) hash = Math.imul(hash ^ code, 0x01000193) >>> 0;
  return (hash >>> 7) % 2 === 1;
}

const messages = z
  .array(z.object({ id: z.string(), text: z.string(), symptom: z.string(), alternatives: z.array(z.string()) }))
  .parse(JSON.parse(readFileSync(new URL('messages.json', import.meta.url), 'utf8')));

const book: Book = { suites, known: knownIssues, symptoms };

type Result = 'right' | 'wrong' | 'unknown';

/** Right: a true cause is among the first two. Wrong: the first cause is none. `none` is true of a text that no tool could tell. */
function resultOf({ text, symptom, alternatives }: (typeof messages)[number]): Result {
  const truth = [symptom, ...alternatives];
  const { kind, causes, known } = explain(text, book);
  if (kind === 'unknown') return truth.includes('none') ? 'right' : 'unknown';
  return [...causes, ...known].slice(0, 2).some(({ id }) => truth.includes(id)) ? 'right' : 'wrong';
}

describe('the answers to the messages of the corpus', () => {
  it.for([
    { half: 'looked at', counted: false, leastRight: 0.95, mostWrong: 0.02 },
    { half: 'only counted', counted: true, leastRight: 0.85, mostWrong: 0.02 },
  ])('of the half that is $half are right often enough, and wrong hardly ever', ({ half, counted, leastRight, mostWrong }) => {
    const own = messages.filter(({ id }) => isCounted(id) === counted);
    const results = own.map(resultOf);
    const count = (result: Result): number => results.filter((each) => each === result).length;
    process.stdout.write(
      `corpus, ${half}: ${own.length} messages, ${count('right')} right, ${count('wrong')} wrong, ${count('unknown')} unknown\n`,
    );
    expect(count('right') / own.length).toBeGreaterThanOrEqual(leastRight);
    expect(count('wrong') / own.length).toBeLessThanOrEqual(mostWrong);
  });

  it('names only causes that there are', () => {
    const ids = new Set(['none', ...symptoms.map(({ id }) => id)]);
    const strange = messages.flatMap(({ symptom, alternatives }) => [symptom, ...alternatives]).filter((id) => !ids.has(id));
    expect([...new Set(strange)]).toEqual([]);
  });
});
