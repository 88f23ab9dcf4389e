import { describe, expect, it } from 'vitest';
import { question, refused, type Question } from './question.ts';
import { reading } from './reading.ts';
import type { Scenario } from './scenario.ts';
import { suite } from './suite.ts';

const scenario = (id: string): Scenario => ({ id, title: 'pod', pod: {} });
const colour = reading(['red', 'green', 'blue'], () => undefined);
const asked = (id: string, ...on: string[]): Question =>
  question({
    ...{ id, asks: 'Which is it?', on },
    reads: { colour },
    answers: { warm: { says: 'warm', seen: { colour: 'red' } }, cold: { says: 'cold', seen: { colour: ['green', 'blue'] } } },
    documented: [{ answer: 'warm', where: [], citation: 'c' }],
  });
const table = (scenarios: Scenario[], questions: Question[]) => () =>
  suite({ id: 'slips', title: 'Slips', scenarios, questions });
const with1 = (change: Partial<Question>) => table([scenario('plain')], [{ ...asked('A', 'plain'), ...change }]);
const says = (why: string): string => `Cannot load suites/slips.suite.ts: ${why}`;

describe('suite', () => {
  it('is the table it was given', () => {
    expect(table([scenario('plain')], [asked('A', 'plain')])()).toMatchObject({ id: 'slips', questions: [{ id: 'A' }] });
  });

  it.for<[string, () => unknown, string]>([
    [
      'a scenario that is defined twice',
      table([scenario('plain'), scenario('plain')], [asked('A', 'plain')]),
      'the scenario "plain" is defined twice',
    ],
    [
      'a question that is defined twice',
      table([scenario('plain')], [asked('A', 'plain'), asked('A', 'plain')]),
      'the question A is defined twice',
    ],
    [
      'a question on a scenario that does not exist',
      table([scenario('plain')], [asked('A', 'plian')]),
      'question A is on the scenario "plian", which does not exist',
    ],
    [
      'a scenario on which nothing is asked',
      table([scenario('plain'), scenario('idle')], [asked('A', 'plain')]),
      'no question is on the scenario "idle", so its pod would prove nothing',
    ],
    [
      'two answers of which both can be seen',
      with1({
        answers: {
          warm: { says: 'warm', seen: { colour: ['red', 'green'] } },
          cold: { says: 'cold', seen: [{ colour: 'blue' }, { colour: 'green' }] },
        },
        documented: [],
      }),
      'question A: "warm" and "cold" can both be seen',
    ],
    [
      'an answer that leaves out what its question reads',
      with1({ answers: { warm: { says: 'warm', seen: {} } } }),
      'question A: the answer "warm" does not say what "colour" is',
    ],
    [
      'a documented answer that is none',
      with1({ documented: [{ answer: 'hot', where: [], citation: 'c' }] }),
      'question A: "hot" is documented, and no answer',
    ],
    [
      'an answer that is documented behind what holds everywhere',
      with1({ documented: ['warm', 'cold'].map((answer) => ({ answer, where: [], citation: 'c' })) }),
      'question A: "cold" is documented behind what holds everywhere',
    ],
  ])('is refused with %s', ([, load, why]) => {
    expect(load).toThrow(says(why));
  });

  it('takes refusals beside rows, as a pod that is refused shows nothing', () => {
    const answers = {
      warm: { says: 'warm', seen: { colour: 'red' } },
      refused: { says: 'refused', seen: refused('CreateContainer', /no/) },
    };
    expect(with1({ answers })).not.toThrow();
  });
});
