import { describe, expect, it } from 'vitest';
import { messageOf } from '../../util/errors.ts';
import { fuzz, type FuzzResult } from './fuzz.ts';
import { mutant } from './mutate.ts';
import { targets } from './targets.ts';

const planted = (target: string, count: number): Promise<FuzzResult> =>
  fuzz(target, { seed: 1, count, hangMs: 2_000, module: new URL('planted.ts', import.meta.url) });

describe('the fuzzer', () => {
  it('makes the same input of the same seed and number, and another of another', () => {
    const corpus = ['{"a":[1,2,3],"b":"text"}', 'a second one'];
    expect(mutant(corpus, 7, 11)).toBe(mutant(corpus, 7, 11));
    expect(new Set(Array.from({ length: 200 }, (_, index) => mutant(corpus, 7, index))).size).toBeGreaterThan(100);
  });

  it('finds nothing in a sound reader', async () => {
    expect(await planted('sound', 50)).toMatchObject({ inputs: 50, findings: [] });
  });

  it('finds a crash, names its input and goes on', async () => {
    const { inputs, findings } = await planted('crash', 50);
    expect(inputs).toBe(50);
    expect(findings).toMatchObject([{ index: 2, why: expect.stringContaining('planted') }]);
  });

  it('finds an input that never ends', async () => {
    const { findings } = await planted('hang', 1);
    expect(findings).toMatchObject([{ index: 0, why: 'twice no answer within 2 s' }]);
  });

  it('finds a reader that keeps too much memory', async () => {
    const { findings } = await planted('greedy', 400);
    expect(findings[0]?.why).toMatch(/MiB of memory|memory limit/);
  });

  it('refuses a target that is none', async () => {
    await expect(fuzz('nonesuch', { seed: 1, count: 1 })).rejects.toThrow('there is no such target');
  });
});

describe('every reader of foreign text reads or refuses what it is given', () => {
  it.for(targets)('$name', { timeout: 120_000 }, async ({ name, corpus, open }) => {
    const texts = await corpus();
    const opened = await open();
    const findings: string[] = [];
    try {
      // An archive costs two processes.
      for (let index = 0; index < (name === 'tarball' ? 25 : 150); index++) {
        const tried = async (): Promise<void> => opened.try(mutant(texts, 20, index));
        await tried().catch((error: unknown) => findings.push(`--seed 20 --show ${index}: ${messageOf(error)}`));
      }
      expect(findings).toEqual([]);
    } finally {
      await opened[Symbol.asyncDispose]?.();
    }
  });
});
