import { describe, expect, it } from 'vitest';
import { evidence } from '../../testing/evidence.ts';
import type { Observation } from '../../model/observation.ts';
import { fateOfKeys } from './config.ts';

const flag = 'device_ownership_from_security_context';
const option = 'containerd.runtimes.kata.options.ConfigPath';

function fate(version: string, effective: Record<string, boolean>, change: Partial<NonNullable<Observation['config']>> = {}) {
  const had = evidence((observation: Observation) => {
    observation.config = { text: '', asked: ['containerd'], wanted: { [flag]: true }, effective, ignored: [], ...change };
  });
  return fateOfKeys().read({ ...had, cell: { ...had.cell, engine: { name: 'containerd', version } } });
}

describe('the fate of a snippet', () => {
  it('is effective where every key has the value that the snippet gives it', () => {
    expect(fate('1.7.24', { [flag]: true })).toEqual({ word: 'effective', text: `${flag} = true` });
  });

  it('is dead where one has another value, or none', () => {
    expect(fate('1.5.18', { [flag]: false })).toEqual({ word: 'dead', text: `${flag} = false, without a word` });
    expect(fate('1.7.24', {})).toEqual({ word: 'dead', text: `${flag} = not there, without a word` });
    expect(fate('1.7.24', {}, { wanted: {} })?.word).toBe('dead');
  });

  it('is dead with a warning where the engine names keys that it ignores', () => {
    expect(fate('1.5.18', {}, { ignored: ['containerd'] })).toEqual({
      word: 'dead with a warning',
      text: `${flag} = not there; ignored, it says: containerd`,
    });
  });

  it('is not read where nothing was, or where the engine refused it', () => {
    const refused = evidence((observation) => {
      observation.outcome = { kind: 'refused', call: 'containerd config dump', code: 'EXIT_1', message: 'too new' };
    });
    expect(fateOfKeys().read(evidence())).toBeUndefined();
    expect(fateOfKeys().read(refused)).toBeUndefined();
  });

  it('expects no value of a key that the version cannot tell', () => {
    const wanted = { [flag]: true, [option]: '/opt/kata/configuration.toml' };
    expect(fate('1.4.13', { [flag]: true }, { wanted })?.word).toBe('effective');
    expect(fate('1.5.18', { [flag]: true }, { wanted })).toMatchObject({ word: 'dead', text: expect.stringContaining(option) });
  });
});
