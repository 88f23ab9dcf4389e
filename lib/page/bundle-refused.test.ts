import { build } from 'esbuild';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { execOk } from '../util/exec.ts';
import { packageRoot } from '../util/paths.ts';

const program = `
import { bundle } from './bundle.ts';
import { sentenceOf } from '../util/errors.ts';
try {
  bundle('client/words.ts');
} catch (error) {
  console.log(sentenceOf(error));
}`;

test('where the binary of esbuild does not run, one sentence says so and what helps', async () => {
  await using place = await temporary();
  const binary = join(place.path, 'esbuild');
  await writeFile(binary, '#!/of/another/machine\n');
  await chmod(binary, 0o755);
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: 'ts' },
    ...{ bundle: true, packages: 'external', platform: 'node', format: 'esm', write: false },
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(import.meta.dirname, 'bundle.ts')).href) },
  });
  // esbuild reads the variable once, when it is loaded: in a process of its own.
  const module = outputFiles.map(({ text }) => text).join('');
  const said = await execOk([process.execPath, '--input-type=module', '--eval', module], {
    cwd: packageRoot,
    env: { ESBUILD_BINARY_PATH: binary },
  });
  expect(said).toMatch(/^Cannot build client\/words\.ts for the page: .+; where esbuild does not run, .+"npm ci"\n$/);
});
