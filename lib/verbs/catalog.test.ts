import { describe, expect, it } from 'vitest';
import { catalogFor, vocabulary } from './catalog.ts';

describe('catalog', () => {
  it('covers every judgement unless the plan was narrowed', () => {
    const { suites, selects, known } = catalogFor({ only: '' });
    for (const suite of suites) {
      for (const question of suite.questions)
        for (const scenario of question.on) expect(selects(suite.id, scenario, question.id)).toBe(true);
    }
    expect(known.length).toBeGreaterThan(0);
  });

  it('is narrowed by suite, scenario and question together, and not by what selects cells', () => {
    const { selects } = catalogFor({ only: 'engine=crio suite=ownership scenario=root,flag-off question=OWN-*' });
    expect(selects('ownership', 'root', 'OWN-ROOT')).toBe(true);
    expect(selects('ownership', 'user-only', 'OWN-MODE')).toBe(false);
    expect(selects('devices', 'read-only', 'DEV-CGROUP')).toBe(false);
    expect(selects('ownership', 'root', 'DEV-CGROUP')).toBe(false);
  });

  it('is of the scenarios that there were when the plan was made: a suite grows, and old evidence stays whole', () => {
    const { selects } = catalogFor({ only: '', scenarios: { hygiene: ['removed'] } });
    expect(selects('hygiene', 'removed', 'HYG-OURS')).toBe(true);
    expect(selects('hygiene', 'host-null', 'HYG-HOST-NULL')).toBe(false);
    expect(selects('ownership', 'root', 'OWN-ROOT')).toBe(true);
  });

  it('has a word for every suite, scenario and question', () => {
    expect(vocabulary.suites).toContain('rootless-vmm');
    expect(vocabulary.questions).toContain('RVMM-UID');
    expect(vocabulary.scenarios).toEqual([...new Set(vocabulary.scenarios)]);
  });
});
