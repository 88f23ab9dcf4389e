import TOML from '@iarna/toml';
import { messageOf } from './errors.ts';

export type TomlValue = string | number | bigint | boolean | TomlValue[] | { [key: string]: TomlValue };
export type TomlTable = { [key: string]: TomlValue };

/** Parses TOML. Throws an Error of one line with row and column. A leading byte-order mark is dropped, as the parser refuses it. */
export function parseToml(text: string): TomlTable {
  try {
    return TOML.parse(text.replace(/^\uFEFF/, '')) as TomlTable;
  } catch (error) {
    // The parser's message goes on with a picture of the place.
    throw new Error(`Cannot read TOML: ${messageOf(error).split('\n')[0]?.replace(/:$/, '')}`, { cause: error });
  }
}

/** Writes a table as TOML. Undefined and null are refused, as the writer would drop them silently. */
export function writeToml(table: TomlTable): string {
  refuseHoles(table, '');
  return TOML.stringify(table as TOML.JsonMap);
}

function refuseHoles(value: unknown, path: string): void {
  if (value === undefined || value === null) throw new TypeError(`Cannot write TOML: ${path} is ${String(value)}`);
  if (typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) refuseHoles(child, path === '' ? key : `${path}.${key}`);
}
