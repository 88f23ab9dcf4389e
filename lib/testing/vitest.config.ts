import { defineConfig } from 'vitest/config';
import { packageRoot } from '../util/paths.ts';

const minute = 60_000;

/** Unit tests stand beside their source; end-to-end tests need a VM or a browser, run one after the other, and last. */
export default defineConfig({
  test: {
    reporters: ['default', './lib/testing/closing-line.ts'],
    retry: 0,
    projects: [
      {
        test: {
          name: 'unit',
          root: packageRoot,
          include: ['lib/**/*.test.ts', 'suites/**/*.test.ts'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          root: packageRoot,
          include: ['lib/testing/e2e/*.e2e.ts'],
          fileParallelism: false,
          testTimeout: 20 * minute,
          hookTimeout: 20 * minute,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
