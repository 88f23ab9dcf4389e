import { random, type Random } from '../../util/random.ts';

/** Pieces that parsers trip over: numbers at their limits, quotes, controls, links out, keys of every object. */
const nasty = [
  ...['0', '-1', '1e309', '9007199254740993', '18446744073709551616', '0x7fffffff', 'NaN', 'null', 'true', '""', '[]', '{}'],
  ...['__proto__', 'constructor', 'toString', 'length', '../../../etc/passwd', '/', '..', '%00', '%s', '*'.repeat(40)],
  ...['\0', '\n', '\r\n', '\t', '\u001b[2J', '\u202e', '\ufeff', '\ud800', '\uffff', '\\', '"', "'", '`', '<script>', ']]>'],
  ...['[', '{', '('].map((open) => open.repeat(2_000)),
  'a'.repeat(5_000),
];
const most = 200_000;

/** A text of the corpus after a few changes; now and then as it is. The same for the same seed, target and number. */
export function mutant(corpus: readonly string[], ...seeds: number[]): string {
  const dice = random(...seeds);
  let text = dice.pick(corpus);
  for (let left = dice.below(5); left > 0; left--) text = changed(text, corpus, dice);
  return text.slice(0, most);
}

function changed(text: string, corpus: readonly string[], dice: Random): string {
  const at = dice.below(text.length + 1);
  // Mostly short pieces: a change that destroys everything is refused at the first character.
  const end = Math.min(text.length, at + dice.below(dice.pick([2, 8, 64, 1_024])));
  const put = (piece: string, until = at): string => text.slice(0, at) + piece + text.slice(until);
  switch (dice.below(8)) {
    case 0:
      return put('', end);
    case 1:
      return put(text.slice(at, end), end + (end - at));
    case 2:
      return put(String.fromCharCode(dice.below(dice.pick([128, 256, 65_536]))), at + 1);
    case 3:
      return put(dice.pick(nasty), dice.below(2) === 0 ? at : end);
    case 4: {
      const other = dice.pick(corpus);
      const from = dice.below(other.length + 1);
      return put(other.slice(from, from + dice.below(256)), end);
    }
    case 5:
      return text.slice(0, at);
    case 6:
      return numbersChanged(text, dice);
    default: {
      const lines = text.split('\n');
      const [a, b] = [dice.below(lines.length), dice.below(lines.length)];
      [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
      return lines.join('\n');
    }
  }
}

function numbersChanged(text: string, dice: Random): string {
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return text;
  const { index, 0: old } = dice.pick(numbers);
  const fresh = dice.pick(['0', '-1', '65536', '4294967296', String(Number(old) + 1), old + old, '1e99', '00', '0.5']);
  return text.slice(0, index) + fresh + text.slice(index + old.length);
}
