/** A seeded source of numbers: the same seed gives the same row on every machine. */
export interface Random {
  /** An integer from 0 up to and without `limit`. */
  below(limit: number): number;
  /** One of a list that is not empty. */
  pick<T>(from: readonly T[]): T;
}

/**
 * Numbers from 0 up to and without 1: mulberry32, from seeds that are mixed first, so that neighbouring ones have nothing in common. Not
 * for secrets.
 */
export function fractions(...seeds: readonly number[]): () => number {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ (seed | 0), 0x9e3779b1) ^ (mixed >>> 15), 0x2545f491) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function random(...seeds: readonly number[]): Random {
  const next = fractions(...seeds);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick(from) {
      const chosen = from[below(from.length)];
      if (chosen === undefined) throw new RangeError('Cannot pick from an empty list');
      return chosen;
    },
  };
}
