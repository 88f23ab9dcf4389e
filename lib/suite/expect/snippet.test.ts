import { describe, expect, it } from 'vitest';
import { evidence } from '../../testing/evidence.ts';
import type { Observation } from '../../model/observation.ts';
import { snippet } from './snippet.ts';

const flag = 'device_ownership_from_security_context';
const table = snippet(
  { on: 'containerd <1.6', is: 'dead' },
  { on: 'containerd >=1.6 <2.0', is: 'effective' },
  { on: 'containerd >=2.0 <2.3', is: 'refused', says: /too new/ },
);

function judged(version: string, effective: Record<string, boolean>, outcome?: Observation['outcome'], ignored: string[] = []) {
  const had = evidence((observation: Observation) => {
    observation.config = { text: '', asked: ['containerd'], wanted: { [flag]: true }, effective, ignored };
    if (outcome !== undefined) observation.outcome = outcome;
  });
  const [finding] = table({ ...had, cell: { ...had.cell, engine: { name: 'containerd', version } } });
  return finding;
}

const refused = (message: string): Observation['outcome'] => ({
  kind: 'refused',
  call: 'containerd config dump',
  code: 'EXIT_1',
  message,
});

describe('the fate of a snippet', () => {
  it('is as documented for the version', () => {
    expect(judged('1.7.24', { [flag]: true })).toEqual({
      ok: true,
      expected: 'effective',
      observed: `effective: ${flag} = true`,
    });
    expect(judged('1.5.18', { [flag]: false })).toMatchObject({ ok: true, observed: `dead: ${flag} = false, without a word` });
    expect(judged('2.1.9', {}, refused('version 3 is too new'))).toMatchObject({ ok: true, expected: 'refused with /too new/' });
  });

  it('is a deviation where it is another one', () => {
    expect(judged('1.7.24', {})).toMatchObject({
      ok: false,
      expected: 'effective',
      observed: `dead: ${flag} = not there, without a word`,
    });
    expect(judged('1.7.24', {}, refused('too new'))).toMatchObject({ ok: false, observed: expect.stringMatching(/^refused: /) });
    expect(judged('1.5.18', { [flag]: true })).toMatchObject({ ok: false, expected: 'dead' });
    expect(judged('2.1.9', { [flag]: true })).toMatchObject({ ok: false });
    expect(judged('2.1.9', {}, refused('disk full'))).toMatchObject({ ok: false });
  });

  it('is never taken for documented on a version without a row', () => {
    expect(judged('2.3.4', { [flag]: true })).toMatchObject({ ok: false, expected: expect.stringMatching(/none is recorded/) });
  });

  it('expects no value of a key that the version cannot tell', () => {
    const option = 'containerd.runtimes.kata.options.ConfigPath';
    const fate = (version: string): string | undefined => {
      const had = evidence((observation: Observation) => {
        const wanted = { [flag]: true, [option]: '/opt/kata/configuration.toml' };
        observation.config = { text: '', asked: ['containerd'], wanted, effective: { [flag]: true }, ignored: [] };
      });
      const works = snippet({ on: 'containerd', is: 'effective' });
      return works({ ...had, cell: { ...had.cell, engine: { name: 'containerd', version } } })[0]?.observed;
    };
    expect(fate('1.4.13')).toBe(`effective: ${flag} = true`);
    expect(fate('1.5.18')).toMatch(/^dead: .*ConfigPath = not there/);
  });

  it('names the keys that the engine says it ignores', () => {
    expect(judged('1.5.18', {}, undefined, ['containerd'])?.observed).toBe(
      `dead: ${flag} = not there; ignored, it says: containerd`,
    );
  });
});
