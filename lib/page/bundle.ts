import { type BuildResult, buildSync } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { madeOnce } from '../util/compiled.mjs';
import { BlockedError, messageOf } from '../util/errors.ts';

/** One process renders many pages of the same script and style. */
const bundles = new Map<string, string>();

/**
 * A script or a style sheet of a page with all that it imports as one text, such as `client/report.ts` of this folder. It may
 * import what a browser has, and nothing of Node. Throws a BlockedError where esbuild does not run on this machine.
 */
export function bundle(entry: string): string {
  const known = bundles.get(entry);
  if (known !== undefined) return known;
  const text = madeOnce(entry, () => build(entry).outputFiles[0]?.text ?? '');
  bundles.set(entry, text);
  return text;
}

function build(entry: string): BuildResult<{ write: false }> {
  try {
    return buildSync({
      entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
      bundle: true,
      write: false,
      minify: true,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      legalComments: 'none',
      logLevel: 'silent',
    });
  } catch (error) {
    throw new BlockedError(
      `Cannot build ${entry} for the page: ${messageOf(error)
        .trim()
        .replaceAll(/\s*\n\s*/g, '; ')}`,
      { remedy: 'where esbuild does not run, install the packages of this machine with "npm ci"', cause: error },
    );
  }
}
