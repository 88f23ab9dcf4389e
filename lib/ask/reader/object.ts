const path = /(?<![\w.\]/:~-]|[a-z]:)\/(?:[\w.@+,%=~#-][\w.@:+,%=~#-]*\/?)+/g;
const quoted = /(["'])([^"'\n]{1,160})\1/g;
const bdf = /\b(?:[\da-f]{4}:)?[\da-f]{2}:[\da-f]{2}\.[0-7]\b/gi;
const resource = /\b[a-z\d-]+(?:\.[a-z\d-]+)+\/[\w.-]+(?:=[\w.:-]+)?/g;

/** What a failure is about: what is last before the errno, or first behind it. */
export function objectIn(before: string, behind: string): string | undefined {
  return lastPath(before) ?? firstPath(behind) ?? lastMatch(before, bdf) ?? lastMatch(before, resource) ?? lastQuoted(before);
}

/** Every path of a text, without what punctuation hangs on it. */
export function pathsIn(text: string): string[] {
  return [...text.matchAll(path)].map(([found]) => trimmed(found)).filter((each) => each.length > 1);
}

function lastPath(text: string): string | undefined {
  const paths = pathsIn(text).filter((each) => !/\.(?:go|rs|c|cc|cpp|py|js)(?::\d+)*$/.test(each));
  // A descriptor by which a path was reached is not what it is about.
  return paths.findLast((each) => !/^\/proc\/(?:self|\d+|thread-self)\/fd\/\d+$/.test(each)) ?? paths.at(-1);
}

/** Behind an errno only what belongs to it: `Permission denied: '/dev/x'`, `Operation not permitted, cannot open /dev/x`. */
function firstPath(text: string): string | undefined {
  const follows =
    /^[\s"':,;()[}-]{0,6}(?:(?:while trying to|cannot|can'?t|could not|failed to|unable to) (?:open|access)|path:?|filename:?|open|@ rb_sysopen -)?[\s"'=:]{0,4}\//;
  return follows.test(text) ? pathsIn(text)[0] : undefined;
}

function lastMatch(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[0];
}

function lastQuoted(text: string): string | undefined {
  const found = [...text.matchAll(quoted)].at(-1);
  return found !== undefined && found.index + found[0].length > text.length - 40 ? found[2] : undefined;
}

function trimmed(found: string): string {
  return found
    .replace(/[.,:;=%#-]+$/, '')
    .replace(/(?<=.)\/$/, '')
    .replace(/:[rwm]{1,3}$/, '');
}
