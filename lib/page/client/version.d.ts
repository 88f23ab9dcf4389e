/** Types of version.js for the tests; the page has the script alone. */
export function readVersion(text: string): { parts: number[]; pre: string } | undefined;
export function orderOfVersions(a: string, b: string): number | undefined;
