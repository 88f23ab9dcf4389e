import { didYouMean } from '../model/matrix/suggest.ts';
import type { Field, Schema } from './fields.ts';
import { type Path, pathText, short } from './path.ts';
import { isQuantity } from './quantity.ts';

/** What is wrong with a document, and where. */
export interface Fault {
  path: Path;
  /** Whether the name of the field is meant, and not its value. */
  of: 'name' | 'value';
  sentence: string;
}

/**
 * The first thing in a value that Kubernetes' API server would not take, in the document's order: a field that it does not know in this
 * version, a value of another type, a field that is missing. A null is a field that is not set.
 */
export function firstFault(schema: Schema, type: string, value: unknown, path: Path = []): Fault | undefined {
  const inner = /^[[{](.*)[\]}]$/.exec(type)?.[1];
  if (inner !== undefined && type.startsWith('[')) {
    if (!Array.isArray(value)) return wrong(path, value, 'a list');
    return first(value.entries(), ([at, entry]) => firstFault(schema, inner, entry, [...path, at]));
  }
  const fields = inner === undefined ? schema.fieldsOf(type) : undefined;
  if (inner === undefined && fields === undefined) {
    const expected = scalar(type, value);
    return expected === undefined ? undefined : wrong(path, value, expected);
  }
  if (!isObject(value)) return wrong(path, value, inner === undefined ? 'an object with fields' : 'an object');
  const entries = Object.entries(value).filter(([, entry]) => entry !== null);
  if (fields === undefined) return first(entries, ([key, entry]) => firstFault(schema, inner ?? '', entry, [...path, key]));
  return (
    first(entries, ([key, entry]) => {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      const here = [...path, key];
      if (field === undefined || !schema.has(field)) return unknownField(schema, here, key, field, fields);
      return firstFault(schema, field.type, entry, here);
    }) ??
    first(Object.entries(fields), ([key, field]): Fault | undefined => {
      if (!field.required || !schema.has(field) || entries.some(([name]) => name === key)) return undefined;
      return { path, of: 'value', sentence: `${nameOf(path)} has no ${key}, which Kubernetes requires` };
    })
  );
}

function unknownField(
  schema: Schema,
  path: Path,
  key: string,
  field: Field | undefined,
  fields: NonNullable<ReturnType<Schema['fieldsOf']>>,
): Fault {
  const refused = (why: string): Fault => ({ path, of: 'name', sentence: `${pathText(path)} ${why}` });
  const readAs = `and this is read as ${schema.version}`;
  if (field?.until !== undefined && !schema.has({ type: '', required: false, until: field.until }))
    return refused(`is gone since Kubernetes ${field.until}, ${readAs}`);
  if (field?.since !== undefined) return refused(`came with Kubernetes ${field.since}, ${readAs}`);
  const known = Object.entries(fields).flatMap(([name, each]) => (schema.has(each) ? name : []));
  return refused(`is no field of Kubernetes ${schema.version}${didYouMean(key, known)}`);
}

/** What a scalar should be, where it is not. */
function scalar(type: string, value: unknown): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? undefined : 'a text';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : 'a whole number';
    case 'number':
      return typeof value === 'number' ? undefined : 'a number';
    case 'intOrString':
      return typeof value === 'string' || Number.isSafeInteger(value) ? undefined : 'a whole number or a text';
    case 'quantity':
      return (typeof value === 'string' || typeof value === 'number') && isQuantity(String(value))
        ? undefined
        : 'a quantity like 128Mi, 500m or 2';
    default:
      return undefined;
  }
}

function wrong(path: Path, value: unknown, expected: string): Fault {
  const quotes = expected === 'a text' && (typeof value === 'number' || typeof value === 'boolean') ? '; put it in quotes' : '';
  return { path, of: 'value', sentence: `${nameOf(path)} must be ${expected}, and is ${kindOf(value)}${quotes}` };
}

/** `the number 5`, `a list`, `the text "x"`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the text ${JSON.stringify(short(value))}`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

export function nameOf(path: Path): string {
  return path.length === 0 ? 'the document' : pathText(path);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first<T>(values: Iterable<T>, fault: (value: T) => Fault | undefined): Fault | undefined {
  for (const value of values) {
    const found = fault(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
