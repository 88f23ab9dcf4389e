import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { compareVersions, isVersion } from '../model/version.ts';
import { UsageError } from '../util/errors.ts';

/** One field of a Kubernetes type, as the table writes it: `[Container]! since 1.29 until 1.31`. */
export interface Field {
  /** `string`, `integer`, `boolean`, `quantity`, `intOrString`, `any`, a type of the table, a list `[T]`, or a map `{T}`. */
  type: string;
  required: boolean;
  since?: string;
  until?: string;
}

/** The types of one version of Kubernetes. */
export interface Schema {
  version: string;
  /** Its fields by name; undefined for a name that is no type of the table. */
  fieldsOf: (type: string) => Readonly<Record<string, Field>> | undefined;
  /** Whether a field is there in this version. */
  has: (field: Field) => boolean;
}

const Table = z.object({
  oldest: z.string(),
  newest: z.string(),
  types: z.record(z.string(), z.record(z.string(), z.string())),
});

let table: z.infer<typeof Table> | undefined;

/** The fields of all versions (lib/testing/kubernetes-fields.ts writes them, from the OpenAPI documents of Kubernetes). */
function loadTable(): z.infer<typeof Table> {
  table ??= Table.parse(JSON.parse(readFileSync(new URL('kubernetes-fields.json', import.meta.url), 'utf8')));
  return table;
}

/** The schema of a version like `1.30` or `v1.30.14`. Throws UsageError for one that is not known. */
export function schemaOf(version: string): Schema {
  const { oldest, newest, types } = loadTable();
  const [minor] = isVersion(version) ? (/\d+\.\d+/.exec(version) ?? []) : [];
  if (minor === undefined || compareVersions(minor, oldest) < 0 || compareVersions(minor, newest) > 0)
    throw new UsageError(`Cannot read manifests of Kubernetes ${JSON.stringify(version)}: known are ${oldest} to ${newest}`);
  const read = new Map<string, Record<string, Field>>();
  return {
    version: minor,
    fieldsOf(type) {
      const rows = Object.hasOwn(types, type) ? types[type] : undefined;
      if (rows === undefined) return undefined;
      const fields = read.get(type) ?? Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, fieldOf(row)]));
      read.set(type, fields);
      return fields;
    },
    has: ({ since = oldest, until }) =>
      compareVersions(minor, since) >= 0 && (until === undefined || compareVersions(minor, until) < 0),
  };
}

function fieldOf(row: string): Field {
  const [type = '', ...rest] = row.split(' ');
  const after = (word: string): string | undefined => rest[rest.indexOf(word) + 1];
  return {
    type: type.replace(/!$/, ''),
    required: type.endsWith('!'),
    ...(rest.includes('since') ? { since: after('since') ?? '' } : {}),
    ...(rest.includes('until') ? { until: after('until') ?? '' } : {}),
  };
}
