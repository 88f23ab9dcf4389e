import { existsSync } from 'node:fs';

/**
 * Debian's Chromium without a desktop first: the same pages take half the CPU time (`site.e2e`: 60 s, and 111). Ubuntu has neither;
 * there somebody puts a browser where Debian's is.
 */
const places = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** The browser of the tests: what PODPROOF_CHROMIUM names, or the first that is there; undefined where there is none. */
export function browserOf(
  env: Record<string, string | undefined>,
  isThere: (path: string) => boolean = existsSync,
): string | undefined {
  return env['PODPROOF_CHROMIUM'] ?? places.find(isThere);
}
