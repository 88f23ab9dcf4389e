import { describe, expect, it } from 'vitest';
import { suites } from '../../../suites/all.ts';
import { inRange } from '../../model/version.ts';
import { diagnose } from '../diagnose.ts';
import { read } from '../reader/reading.ts';
import { symptoms } from './all.ts';
import { none } from './symptom.ts';

const questions = new Set(suites.flatMap((suite) => suite.questions.map(({ id }) => id)));
/** What takes something from the isolation of a host, however it is worded. */
const weak =
  /0?666\b|privileged: true|Unconfined|setenforce|hostUsers: true|privileged: true in|\bcapabilities: \{add|all_devices_allowed = true|noiommu|rootless = false|allowPrivilegeEscalation: true|apparmor_restrict_unprivileged_userns=0|max_user_namespaces|as root and the container as a user|make-rshared/;

describe('every cause', () => {
  it('has an id of its own', () => {
    expect(new Set(symptoms.map(({ id }) => id)).size).toBe(symptoms.length);
  });

  it.for(symptoms.map((symptom) => [symptom.id, symptom] as const))(
    '%s is the first answer to its own example',
    ([id, { example }]) => {
      expect(diagnose(read(example), symptoms)[0]?.symptom.id).toBe(id);
    },
  );

  it('names questions that there are', () => {
    expect(symptoms.flatMap(({ questions }) => questions).filter((question) => !questions.has(question))).toEqual([]);
  });

  it('says what would show another cause, and how it is known', () => {
    const silent = symptoms.filter(
      ({ otherwise, source, where }) => otherwise.length < 20 || source.length < 6 || where.length < 10,
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});

describe('the versions of a cause', () => {
  it.for(symptoms.flatMap(({ id, ranges = [] }) => ranges.map((range) => [id, range] as const)))(
    'of %s can be compared: %s',
    ([, range]) => {
      const [name = '', ...versions] = range.split(' ');
      expect(['containerd', 'crio', 'runc', 'crun', 'kata', 'runsc']).toContain(name);
      expect([inRange('0.0.1', versions.join(' ')), inRange('99.0.0', versions.join(' '))]).not.toEqual([true, true]);
    },
  );
});

describe('advice', () => {
  it('that weakens a host never stands first', () => {
    expect(
      symptoms.filter(({ remedies: [first] }) => first?.weakens === true || weak.test(first?.do ?? '')).map(({ id }) => id),
    ).toEqual([]);
  });

  it('that weakens a host stands behind all that does not', () => {
    const mixed = symptoms.filter(({ remedies }) => {
      const from = remedies.findIndex(({ weakens }) => weakens === true);
      return from >= 0 && remedies.slice(from).some(({ weakens }) => weakens !== true);
    });
    expect(mixed.map(({ id }) => id)).toEqual([]);
  });

  it('always says what it costs, and what weakens a host costs something', () => {
    const all = symptoms.flatMap(({ id, remedies }) => remedies.map((remedy) => ({ id, ...remedy })));
    expect(all.filter(({ cost }) => cost.trim() === '').map(({ id }) => id)).toEqual([]);
    expect(all.filter(({ weakens, cost }) => weakens === true && cost === none).map(({ id }) => id)).toEqual([]);
  });

  it('that is known to weaken is marked', () => {
    const all = symptoms.flatMap(({ id, remedies }) => remedies.map((remedy) => ({ id, ...remedy })));
    expect(all.filter((remedy) => weak.test(remedy.do) && remedy.weakens !== true).map(({ id }) => id)).toEqual([]);
  });
});
