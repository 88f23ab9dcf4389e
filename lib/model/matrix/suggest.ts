/** Edits between two words, where swapped neighbours count as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/** A beginning of a longer name, like `memory` of `memoryMiB`, is as near as one edit. */
function nearness(word: string, candidate: string): number {
  return word.length >= 3 && candidate.startsWith(word) ? 1 : distance(word, candidate);
}

/** The candidate that `word` was most likely meant to be; undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // Input may be of any length; no name of ours is near a word this long.
  if (word.length > 80) return undefined;
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = nearness(word.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** `, did you mean "trixie"?` or an empty text: the tail of a sentence about an unexpected word. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? '' : `, did you mean "${guess}"?`;
}

/** `unknown host "debian-31", did you mean "debian-13"? Known: debian-12, debian-13`. */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  return `unknown ${kind} ${JSON.stringify(word)}${didYouMean(word, known) || '.'} Known: ${someOf(known) || 'none'}`;
}

/** At most twelve of them, and how many more there are. */
export function someOf(words: readonly string[]): string {
  return (words.length > 12 ? [...words.slice(0, 12), `and ${words.length - 12} more`] : words).join(', ');
}
