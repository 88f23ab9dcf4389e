import { defineConfig } from 'vitest/config';

/** Needs QEMU and mmdebstrap, and minutes on the first run: `npx vitest run --config lib/host/e2e/vitest.config.ts`. */
export default defineConfig({
  test: { include: ['lib/host/e2e/*.e2e.ts'], retry: 0, testTimeout: 120_000, hookTimeout: 900_000, fileParallelism: false },
});
