import { describe, expect, it } from 'vitest';
import { knownIssues, suites } from '../../suites/all.ts';
import { handlerVariants } from './scenario.ts';

const rules = suites.flatMap((suite) => suite.rules);
const scenarios = suites.flatMap((suite) => suite.scenarios);
const pods = scenarios.filter((scenario) => 'pod' in scenario);

function twice(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

describe('rules', () => {
  it('have ids that no other suite has, in capitals', () => {
    expect(twice(rules.map(({ id }) => id))).toEqual([]);
    for (const { id } of rules) expect(id).toMatch(/^[A-Z]+(-[A-Z]+)+$/);
  });

  it('say one thing and where it is written', () => {
    for (const { id, title, citation } of rules) {
      expect(title, id).toMatch(/^([A-Z/]|podproof ).*[^.]$/);
      expect(citation, id).toMatch(/\S/);
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
});

describe('known issues', () => {
  it('are of rules and scenarios that exist, and of one id each', () => {
    expect(twice(knownIssues.map(({ id }) => id))).toEqual([]);
    for (const issue of knownIssues) {
      for (const id of issue.rules)
        expect(
          rules.map((rule) => rule.id),
          issue.id,
        ).toContain(id);
      for (const id of issue.scenarios ?? [])
        expect(
          scenarios.map((scenario) => scenario.id),
          issue.id,
        ).toContain(id);
      expect(issue.on, issue.id).not.toEqual([]);
      expect(issue.url, issue.id).toMatch(/^https:\/\//);
    }
  });

  it('never describe a pod that merely did not start', () => {
    for (const { id, observed } of knownIssues) {
      expect(observed.test('RunPodSandbox failed: no space left on device'), id).toBe(false);
      expect(observed.test(''), id).toBe(false);
    }
  });

  it('do not hide what is left besides what they describe', () => {
    const observed = (id: string) => knownIssues.find((issue) => issue.id === id)?.observed;
    const [directory, account] = [observed('kata-run-user-left'), observed('kata-failed-create-leaks-account')];
    expect(directory?.test('/run/user/1000; /run/user/1000/run')).toBe(true);
    expect(account?.test('user kata-31876 (1000); /run/user/1000/run/vc/sbs/efc0')).toBe(true);
    const others = [
      'process 812 qemu-system-x86 (vmm, start 99)',
      'mount /run/kata-containers/shared (tmpfs)',
      'network namespace cni-1',
    ];
    for (const other of others) {
      expect(directory?.test(`${other}; /run/user/1000`), other).toBe(false);
      expect(account?.test(`user kata-31876 (1000); /run/user/1000; ${other}`), other).toBe(false);
    }
    expect(directory?.test('user kata-31876 (1000); /run/user/1000')).toBe(false);
  });
});
