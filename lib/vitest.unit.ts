import { defineConfig } from 'vitest/config';

/** Unit tests stand beside their source; end-to-end tests, which need a VM or a browser, have a run of their own. */
export default defineConfig({
  test: { include: ['lib/**/*.test.ts', 'suites/**/*.test.ts'], exclude: ['lib/run/e2e/**'], retry: 0, testTimeout: 20_000 },
});
