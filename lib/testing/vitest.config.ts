import { defineConfig } from 'vitest/config';
import { packageRoot } from '../util/paths.ts';

const minute = 60_000;

const endToEnd = {
  root: packageRoot,
  fileParallelism: false,
  testTimeout: 10 * minute,
  // A hook may build the image of a host and run the main job, beside others.
  hookTimeout: 15 * minute,
  sequence: { groupOrder: 1 },
};

/**
 * End-to-end tests that start virtual machines, which take most of this one: one file runs at a time. Who calls `clean` or looks for what
 * it left is here, as two of them would take each other's away.
 */
const machine = [
  ...['main', 'interrupt', 'ssh', 'sabotage', 'vm', 'together', 'kubelet', 'kubelet-killed', 'shell'],
  ...['broken-host', 'hostile-artifacts'],
].map((name) => `lib/testing/e2e/${name}.e2e.ts`);

/** For most of its time it builds an image, beside the machines. */
const newcomer = 'lib/testing/e2e/newcomer.e2e.ts';

const behind = 'lib/testing/behind-machines.ts';

/**
 * Unit tests are beside their source. End-to-end tests are in three projects, which `lib/testing/main.ts` runs side by side:
 * where one waits for a virtual machine, the other has a processor for its browser and its fake hosts.
 */
export default defineConfig({
  test: {
    retry: 0,
    projects: [
      {
        test: {
          name: 'unit',
          root: packageRoot,
          include: ['lib/**/*.test.ts', 'suites/**/*.test.ts'],
          testTimeout: minute,
          // No test counts on modules that nobody else has loaded: that each file had a process with its own took half of the time.
          isolate: false,
          sequence: { groupOrder: 0 },
          setupFiles: behind,
        },
      },
      { test: { name: 'machine', include: machine, ...endToEnd } },
      { test: { name: 'newcomer', include: [newcomer], setupFiles: behind, ...endToEnd } },
      {
        test: {
          ...{ name: 'e2e', include: ['lib/testing/e2e/*.e2e.ts'], exclude: [...machine, newcomer] },
          ...{ setupFiles: behind, ...endToEnd },
        },
      },
    ],
  },
});
