import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const asHooks = '?hooks';

// Imported first, it lets Node load TypeScript by the function below, which runs in a thread of Node's own
// (nodejs.org/api/module.html#customization-hooks).
if (!import.meta.url.endsWith(asHooks)) {
  process.setSourceMapsEnabled(true);
  register(`${import.meta.url}${asHooks}`);
}

/** Only our own files are TypeScript: to look into those of packages too took a fifth of a short run. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  const form = { loader: 'ts', format: 'esm', target: 'node20.19', sourcefile: url, sourcemap: 'inline', sourcesContent: false };
  return { format: 'module', source: (await transform(text, form)).code, shortCircuit: true };
}
