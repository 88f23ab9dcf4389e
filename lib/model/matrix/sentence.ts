import { z } from 'zod';
import { enumerated } from '../../util/words.ts';
import { didYouMean, unknownWord } from './suggest.ts';

type Path = readonly PropertyKey[];

const kinds: Record<string, string> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text in double quotes',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

/** `engines.containerd[2].version`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`;
    else text += `[${JSON.stringify(String(part))}]`;
  }
  return text;
}

/** The value at `path` of plain data, as a sentence shows it. */
function found(data: unknown, path: Path): string {
  const value = valueAt(data, path);
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** One sentence for the first issue: where in the file, what was expected, what was found; then how many more there are. */
export function sentenceOf(schema: z.ZodType, data: unknown, issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues;
  if (issue === undefined) return '';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const where = formatPath(issue.path);
  return `${where === '' ? '' : `${where}: `}${explain(schema, data, issue)}${more}`;
}

function explain(schema: z.ZodType, data: unknown, issue: z.core.$ZodIssue): string {
  const value = found(data, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const key = issue.keys[0] ?? '';
      const allowed = keysAt(z.toJSONSchema(schema, { io: 'input' }), data, issue.path);
      const unused = allowed.filter((name) => valueAt(data, [...issue.path, name]) === undefined);
      return unknownWord('key', key, unused);
    }
    case 'invalid_key':
      return `the key ${JSON.stringify(String(issue.path.at(-1)))} is not a valid name: ${issue.issues[0]?.message ?? issue.message}`;
    case 'invalid_type':
      return `expected ${kinds[issue.expected] ?? issue.expected}, found ${value}`;
    case 'invalid_value':
      return choice(issue.values.map(String), data, issue.path);
    case 'invalid_union':
      return choice('options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [], data, issue.path);
    case 'too_small':
      return `expected ${bound(issue.origin, 'at least', Number(issue.minimum))}, found ${value}`;
    case 'too_big':
      return `expected ${bound(issue.origin, 'at most', Number(issue.maximum))}, found ${value}`;
    default:
      return `${issue.message}, found ${value}`;
  }
}

function choice(options: string[], data: unknown, path: Path): string {
  const value = valueAt(data, path);
  return `expected ${enumerated(options, 'or')}, found ${found(data, path)}${typeof value === 'string' ? didYouMean(value, options) : ''}`;
}

function bound(origin: string, how: string, count: number): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? (count === 1 ? ' entry' : ' entries') : '';
  return `${how} ${count}${unit}`;
}

const Node = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  propertyNames: z.looseObject({ enum: z.array(z.string()).optional() }).optional(),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
});

/** The keys that the JSON Schema knows at `path`; of a union, those of the branch with the data's `kind`. */
function keysAt(schema: unknown, data: unknown, path: Path): string[] {
  const node = Node.safeParse(schema).data;
  if (node === undefined) return [];
  const branches = node.oneOf ?? node.anyOf;
  if (branches !== undefined) {
    const kind = valueAt(data, ['kind']);
    const branch = branches.find((each) => Node.safeParse(Node.safeParse(each).data?.properties?.['kind']).data?.const === kind);
    return keysAt(branch, data, path);
  }
  const [head, ...rest] = path;
  if (head === undefined) return Object.keys(node.properties ?? {}).concat(node.propertyNames?.enum ?? []);
  const next = typeof head === 'number' ? node.items : (node.properties?.[String(head)] ?? node.additionalProperties);
  return keysAt(next, valueAt(data, [head]), rest);
}
