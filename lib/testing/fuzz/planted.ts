import { setTimeout } from 'node:timers/promises';
import type { Target } from './target.ts';

const corpus = async (): Promise<string[]> => ['input'];

/** Readers with a flaw each, by which the fuzzer itself is tested. */
export const targets: readonly Target[] = [
  { name: 'sound', corpus, open: async () => ({ try: () => undefined }) },
  {
    name: 'crash',
    corpus,
    async open() {
      let count = 0;
      return {
        try() {
          if (++count === 3) throw new TypeError('planted');
        },
      };
    },
  },
  {
    name: 'hang',
    corpus: async () => [' '.repeat(30)],
    open: async () => ({
      try(text) {
        // The classic: a nested repetition on what does not match at the end.
        if (text.startsWith(' '.repeat(20))) /^( +)+$/.exec(`${' '.repeat(40)}x`);
      },
    }),
  },
  {
    name: 'greedy',
    corpus,
    async open() {
      const kept: Uint8Array[] = [];
      return {
        async try() {
          kept.push(new Uint8Array(2 * 1024 ** 2).fill(1));
          await setTimeout(1);
        },
      };
    },
  },
];
