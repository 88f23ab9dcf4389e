import { describe, expect, it } from 'vitest';
import { suites } from '../../suites/all.ts';
import { holds, isRefusal, rowsOf, type Question } from '../suite/question.ts';
import { recordedCases } from '../testing/mutate/cases.ts';
import { random } from '../util/random.ts';
import { seenBy } from './answer.ts';

const questions = suites.flatMap((suite) => suite.questions);
const cases = await recordedCases();

/** The answers of which a row has these words. */
function answersOf({ answers }: Question, words: Record<string, string>): string[] {
  return Object.entries(answers).flatMap(([name, answer]) =>
    rowsOf(answer).some((row) => Object.entries(row).every(([reading, cell]) => holds(cell, words[reading]))) ? [name] : [],
  );
}

describe('answers', () => {
  it('exclude each other on all recorded evidence, where one is seen everywhere', () => {
    expect(cases.length).toBeGreaterThan(1700);
    const odd = cases.flatMap(({ question, evidence }) => {
      const { answers, unanswered } = seenBy(question, evidence);
      return unanswered || answers.length === 1
        ? []
        : [`${question.id} ${evidence.observation.cell}: ${answers.join(' and ') || 'none'}`];
    });
    expect(odd).toEqual([]);
  });

  it('exclude each other whatever the readings say', () => {
    const dice = random(17);
    let seen = 0;
    for (let tried = 0; tried < 100_000; tried++) {
      const question = questions[tried % questions.length]!;
      const words = Object.fromEntries(
        Object.entries(question.reads).map(([name, { words: foreseen }]) => [name, dice.pick([...foreseen, 'something else'])]),
      );
      const answers = answersOf(question, words);
      seen += answers.length;
      if (answers.length > 1)
        expect.fail(`${question.id}: ${answers.join(' and ')} are seen at once, by ${JSON.stringify(words)}`);
    }
    expect(seen).toBeGreaterThan(10_000);
  });

  it('that are refusals exclude each other on every recorded message', () => {
    const messages = cases.flatMap(({ evidence: { observation } }) =>
      observation.outcome.kind === 'refused' ? [observation.outcome.message] : [],
    );
    expect(messages.length).toBeGreaterThan(100);
    const twice = questions.flatMap(({ id, answers }) => {
      const refusals = Object.values(answers).flatMap(({ seen }) => (isRefusal(seen) ? [seen.message] : []));
      if (refusals.length < 2) return [];
      return [...new Set(messages)]
        .filter((said) => refusals.filter((message) => message.test(said)).length > 1)
        .map((said) => `${id}: ${said}`);
    });
    expect(twice).toEqual([]);
  });

  it('have words that their reading can say, so that none can never be seen', () => {
    for (const { id, reads, answers } of questions)
      for (const [name, answer] of Object.entries(answers))
        for (const row of rowsOf(answer))
          for (const [reading, cell] of Object.entries(row))
            for (const word of [cell].flat()) expect(reads[reading]?.words, `${id} ${name} ${reading}`).toContain(word);
  });
});
