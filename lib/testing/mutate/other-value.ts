import type { Random } from '../../util/random.ts';

/** A value of the same kind that is another one: a number off by one, another mode, a bit of a mask, another errno, other words. */
export function otherValue(value: unknown, dice: Random, name: string): unknown {
  switch (typeof value) {
    case 'number':
      return value + 1;
    case 'boolean':
      return !value;
    case 'string':
      break;
    default:
      return 'EIO';
  }
  if (name === 'type') return dice.pick(['b', 'c'].filter((type) => type !== value));
  if (name === 'error') return dice.pick(['EACCES', 'EPERM', 'ENXIO', 'ENOENT', 'EIO'].filter((errno) => errno !== value));
  if (name === 'options') return otherOptions(value);
  if (/^[0-7]{4}$/.test(value)) return otherDigit(value, dice, 8, 1);
  if (/^[0-9a-f]{16}$/.test(value)) return otherDigit(value, dice, 16, 6);
  const reversed = Array.from(value).toReversed().join('');
  return reversed === value ? `${value}?` : reversed;
}

/** One digit changed, from `from` on: of a mode its permissions, of a mask what it is of capabilities that there are. */
function otherDigit(value: string, dice: Random, base: number, from: number): string {
  const at = from + dice.below(value.length - from);
  const digit = (Number.parseInt(value[at] ?? '0', base) + 1 + dice.below(base - 1)) % base;
  return value.slice(0, at) + digit.toString(base) + value.slice(at + 1);
}

/** Of what a mount allows, what is asked of: writing, and device nodes. */
function otherOptions(value: string): string {
  const options = value.split(',').map((option) => ({ rw: 'ro', ro: 'rw' })[option] ?? option);
  return (options.includes('nodev') ? options.filter((option) => option !== 'nodev') : [...options, 'nodev']).join(',');
}
