import { defineConfig } from 'vitest/config';

/** Tests that need a VM or a browser: `npx vitest run --config lib/vitest.e2e.ts <folder>`. */
export default defineConfig({
  test: { include: ['lib/**/e2e/**/*.e2e.ts'], retry: 0, fileParallelism: false, testTimeout: 1_200_000, hookTimeout: 1_200_000 },
});
