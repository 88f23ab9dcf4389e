import { describe, expect, it } from 'vitest';
import { rulebookFor, vocabulary } from './rulebook.ts';

describe('rulebook', () => {
  it('covers every judgement unless the plan was narrowed', () => {
    const { suites, selects, known } = rulebookFor({ only: '' });
    for (const suite of suites) {
      for (const rule of suite.questions) for (const scenario of rule.on) expect(selects(suite.id, scenario, rule.id)).toBe(true);
    }
    expect(known.length).toBeGreaterThan(0);
  });

  it('is narrowed by suite, scenario and rule together, and not by what selects cells', () => {
    const { selects } = rulebookFor({ only: 'engine=crio suite=ownership scenario=root,flag-off rule=OWN-*' });
    expect(selects('ownership', 'root', 'OWN-ROOT')).toBe(true);
    expect(selects('ownership', 'user-only', 'OWN-MODE')).toBe(false);
    expect(selects('devices', 'read-only', 'DEV-CGROUP')).toBe(false);
    expect(selects('ownership', 'root', 'DEV-CGROUP')).toBe(false);
  });

  it('is of the scenarios that there were when the plan was made: a suite grows, and old evidence stays whole', () => {
    const { selects } = rulebookFor({ only: '', scenarios: { hygiene: ['removed'] } });
    expect(selects('hygiene', 'removed', 'HYG-OURS')).toBe(true);
    expect(selects('hygiene', 'host-null', 'HYG-HOST-NULL')).toBe(false);
    expect(selects('ownership', 'root', 'OWN-ROOT')).toBe(true);
  });

  it('has a word for every suite, scenario and rule', () => {
    expect(vocabulary.suites).toContain('rootless-vmm');
    expect(vocabulary.rules).toContain('RVMM-UID');
    expect(vocabulary.scenarios).toEqual([...new Set(vocabulary.scenarios)]);
  });
});
