/** The corpus has a half that is looked at while symptoms are written, and one that is only counted: by a hash of the id. */
export function isCounted(id: string): boolean {
  let hash = 0x811c9dc5;
  for (const code of new TextEncoder().encode(id)) hash = Math.imul(hash ^ code, 0x01000193) >>> 0;
  return (hash >>> 7) % 2 === 1;
}
