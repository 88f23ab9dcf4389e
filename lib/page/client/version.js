/* The order of lib/model/version.ts, which a test holds against this one. */

/**
 * @param {string} text
 * @returns {{ parts: number[], pre: string } | undefined}
 */
export function readVersion(text) {
  const match = /^v?(?:\d+:)?(\d+(?:\.\d+)*)(?:[-~.]?(alpha|beta|rc|dev)[-.]?(\d*))?/i.exec(text.trim());
  if (!match) return undefined;
  const pre = match[2] ? `${match[2].toLowerCase()}${(match[3] ?? '').padStart(6, '0')}` : '';
  return { parts: (match[1] ?? '').split('.').map(Number), pre };
}

/**
 * Negative, zero or positive as `a` is older than, equal to or newer than `b`; undefined where one of them is no version.
 * @param {string} a
 * @param {string} b
 * @returns {number | undefined}
 */
export function orderOfVersions(a, b) {
  const left = readVersion(a);
  const right = readVersion(b);
  if (!left || !right) return undefined;
  for (let i = 0; i < Math.max(left.parts.length, right.parts.length); i++) {
    const difference = (left.parts[i] ?? 0) - (right.parts[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.pre === right.pre) return 0;
  if (left.pre === '') return 1;
  if (right.pre === '') return -1;
  return left.pre < right.pre ? -1 : 1;
}
