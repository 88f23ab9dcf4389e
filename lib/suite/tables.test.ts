import { describe, expect, it } from 'vitest';
import { knownIssues, suites } from '../../suites/all.ts';
import { shortAnswer } from '../model/short-answer.ts';
import { questionsOf } from '../judge/applies.ts';
import { isRefusal } from './question.ts';
import { handlerVariants } from './handler.ts';

const questions = suites.flatMap((suite) => suite.questions);
const scenarios = suites.flatMap((suite) => suite.scenarios);
const pods = scenarios.filter((scenario) => 'pod' in scenario);

function twice(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

describe('questions', () => {
  it('have ids that no other suite has, in capitals', () => {
    expect(twice(questions.map(({ id }) => id))).toEqual([]);
    for (const { id } of questions) expect(id).toMatch(/^[A-Z]+(-[A-Z]+)+$/);
  });

  it('ask one thing', () => {
    for (const { id, asks } of questions) expect(asks, id).toMatch(/^[A-Z].*[^?]\?$/);
  });

  it('have answers that fit the cell of a table, and are distinct there', () => {
    for (const { id, answers } of questions) {
      const texts = Object.entries(answers).map(([name, { short }]) => ({ name, short }));
      const cells = texts.map(({ name }) => shortAnswer(name, texts));
      expect(twice(cells), id).toEqual([]);
      for (const cell of cells) expect(cell.length, `${id} ${cell}`).toBeLessThan(29);
    }
  });

  it('have answers with a name and a sentence each, and say where they are documented', () => {
    for (const { id, answers, documented } of questions) {
      for (const [name, { says }] of Object.entries(answers)) {
        expect(name, id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(says, id).toMatch(/^\S.*[^.]$/);
      }
      expect(documented, id).not.toEqual([]);
      for (const { citation } of documented) expect(citation, id).toMatch(/\S/);
    }
  });

  it('name fixtures for devices, whose paths differ by host, and no host path', () => {
    for (const { id, pod } of pods) {
      const paths = (pod.devices ?? []).map(({ at }) => at ?? '/dev/podproof');
      for (const path of paths) expect(path, id).toMatch(/^\/dev\/podproof/);
    }
  });

  it('launch no pod of a variant that only Kata has, without needing Kata', () => {
    for (const { id, handler = 'plain', needs = [] } of pods) {
      const kata = 'kata' in handlerVariants[handler];
      if (kata)
        expect(
          needs.map(({ text }) => text),
          id,
        ).toContain('kata');
    }
  });

  it('take no failure of another kind for a refusal that they foresee', () => {
    const messages = questions.flatMap(({ id, answers }) =>
      Object.entries(answers).flatMap(([name, { seen }]) =>
        isRefusal(seen) ? [{ name: `${id} ${name}`, message: seen.message }] : [],
      ),
    );
    expect(messages.length).toBeGreaterThan(20);
    for (const { name, message } of messages) {
      for (const other of ['no space left on device', 'failed to reserve sandbox name', ''])
        expect(message.test(other), name).toBe(false);
    }
  });
});

describe('refusals', () => {
  it('are recognized in a long message at once, whatever it repeats', () => {
    const messages = questions.flatMap(({ answers }) =>
      Object.values(answers).flatMap(({ seen }) => (isRefusal(seen) ? [seen.message] : [])),
    );
    const seeds = [
      'spec: ',
      'spec: a ',
      '/dev/full ',
      'user group ',
      'mount /dev/podproof-block',
      'vfio ',
      'get host path failed',
      'annotation ',
    ];
    // One that backtracks would not come to an end before the test does.
    for (const seed of seeds)
      for (const message of messages) expect(message.test(seed.repeat(20_000 / seed.length))).toBeTypeOf('boolean');
  });
});

describe('known issues', () => {
  it('are of answers that exist and are not documented everywhere, and of one id each', () => {
    expect(twice(knownIssues.map(({ id }) => id))).toEqual([]);
    for (const { id, answers, url, where } of knownIssues) {
      expect(where, id).not.toEqual([]);
      expect(url, id).toMatch(/^https:\/\//);
      expect(Object.keys(answers), id).not.toEqual([]);
      for (const [question, names] of Object.entries(answers)) {
        const asked = questions.find((each) => each.id === question);
        for (const name of names) expect(Object.keys(asked?.answers ?? {}), `${id} ${question}`).toContain(name);
      }
    }
  });

  it('say on which scenarios they happen in the words of their questions', () => {
    const asked = questionsOf(suites);
    for (const { id, answers, on = [] } of knownIssues) {
      const possible = asked.filter(({ question }) => question.id in answers).map(({ scenario }) => scenario.id);
      for (const scenario of on) expect(possible, id).toContain(scenario);
    }
  });

  it('say what they mean to those affected, and what ends them at which cost', () => {
    for (const { id, impact, remedy } of knownIssues) {
      expect(impact, id).toMatch(/^[A-Z].*\.$/);
      if (remedy === 'none known') continue;
      for (const text of [remedy.setting, remedy.since, remedy.cost]) expect(text, id).toMatch(/^\S.*[^.]$/);
    }
  });
});
