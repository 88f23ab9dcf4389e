import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../util/paths.ts';

/*
 * Writes lib/manifest/kubernetes-fields.json: every field of the documents that `try` reads, with its type, and since and until which minor
 * version of Kubernetes it is there. Run it with the `api/openapi-spec/swagger.json` of each minor version, oldest first:
 *   npx tsx lib/testing/kubernetes-fields.ts 1.28=…/swagger.json 1.29=…/swagger.json
 */

interface Property {
  type?: string | undefined;
  format?: string | undefined;
  $ref?: string | undefined;
  items?: Property | undefined;
  additionalProperties?: Property | undefined;
}
const Property: z.ZodType<Property> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    format: z.string().optional(),
    $ref: z.string().optional(),
    items: Property.optional(),
    additionalProperties: Property.optional(),
  }),
);
const Swagger = z.object({
  definitions: z.record(
    z.string(),
    z.looseObject({
      type: z.string().optional(),
      format: z.string().optional(),
      required: z.array(z.string()).default([]),
      properties: z.record(z.string(), Property).optional(),
    }),
  ),
});

const roots = [
  'io.k8s.api.core.v1.Pod',
  ...['Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet'].map((kind) => `io.k8s.api.apps.v1.${kind}`),
  ...['Job', 'CronJob'].map((kind) => `io.k8s.api.batch.v1.${kind}`),
];
/** What a server writes, and nobody applies. */
const ofServer = /\.v1\.(\w+Status|ManagedFieldsEntry)$/;

interface Field {
  type: string;
  since: string;
  until?: string;
}
const types = new Map<string, Map<string, Field>>();
const versions = process.argv.slice(2).map((argument) => argument.split('='));
let previous = '';
for (const [version = '', path = ''] of versions) {
  const { definitions } = Swagger.parse(JSON.parse(readFileSync(path, 'utf8')));
  const seen = new Set<string>();
  const typeOf = ({ $ref, type, items, additionalProperties }: Property): string => {
    if ($ref === undefined) {
      if (items !== undefined) return `[${typeOf(items)}]`;
      if (type === 'object') return additionalProperties === undefined ? 'any' : `{${typeOf(additionalProperties)}}`;
      return type ?? 'any';
    }
    const name = $ref.replace('#/definitions/', '');
    const target = definitions[name];
    if (name.endsWith('.Quantity')) return 'quantity';
    if (target === undefined || ofServer.test(name)) return 'any';
    if (target.properties !== undefined) return visit(name);
    return target.format === 'int-or-string' ? 'intOrString' : target.type === 'object' ? 'any' : (target.type ?? 'any');
  };
  const visit = (name: string): string => {
    const short = name.split('.').at(-1) ?? name;
    if (seen.has(name)) return short;
    seen.add(name);
    const fields = types.get(short) ?? new Map<string, Field>();
    types.set(short, fields);
    const { properties = {}, required = [] } = definitions[name] ?? {};
    for (const [key, property] of Object.entries(properties)) {
      const type = `${typeOf(property)}${required.includes(key) ? '!' : ''}`;
      fields.set(key, { since: version, ...fields.get(key), type });
    }
    for (const [key, field] of fields) if (!(key in properties)) field.until ??= version;
    return short;
  };
  roots.forEach(visit);
  previous = version;
}
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const oldest = versions[0]?.[0];
const table = Object.fromEntries(
  [...types]
    .sort(byName)
    .map(([name, fields]) => [
      name,
      Object.fromEntries(
        [...fields]
          .sort(byName)
          .map(([key, { type, since, until }]) => [
            key,
            [type, ...(since === oldest ? [] : [`since ${since}`]), ...(until === undefined ? [] : [`until ${until}`])].join(' '),
          ]),
      ),
    ]),
);
const file = join(packageRoot, 'lib/manifest/kubernetes-fields.json');
writeFileSync(file, `${JSON.stringify({ oldest, newest: previous, types: table }, undefined, 2)}\n`);
