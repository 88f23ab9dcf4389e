import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sentenceOf } from '../util/errors.ts';

test('where the binary of esbuild does not run, one sentence says so and what helps', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'podproof-esbuild-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const binary = join(directory, 'esbuild');
  await writeFile(binary, '#!/of/another/machine\n');
  await chmod(binary, 0o755);
  // esbuild reads it once, when it is loaded: this file loads nothing else that does.
  vi.stubEnv('ESBUILD_BINARY_PATH', binary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { bundle } = await import('./bundle.ts');
  const sentence = ((): string => {
    try {
      return bundle('client/report.ts');
    } catch (error) {
      return sentenceOf(error);
    }
  })();
  expect(sentence).toMatch(/^Cannot build client\/report\.ts for the page: .+; where esbuild does not run, .+"npm ci"$/);
  expect(sentence).not.toContain('\n');
});
