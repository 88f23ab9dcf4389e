import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Document, documentSchema } from '../model/document.ts';
import { Matrix } from '../model/matrix/matrix.ts';
import { Trial, trialSchema } from '../model/trial.ts';

/** A JSON Schema that is published, and where it is committed. Keys that the one of a report does not name are allowed, as it may grow. */
interface Published {
  file: string;
  head: Record<string, string>;
  of: z.ZodType;
}

const below = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** matrix.json names its own as `$schema`, so that editors complete and check; the `$id` of the others carries the schema number. */
export const published = {
  matrix: { file: below('../model/matrix/matrix.schema.json'), head: { title: 'podproof matrix' }, of: Matrix },
  trial: {
    file: below('../model/trial.schema.json'),
    head: {
      $id: `urn:podproof:trial:${trialSchema}`,
      title: `podproof trial, schema ${trialSchema}`,
      description: 'What "podproof try" found: each pod of a manifest, as it is and with what may help, in each cell.',
    },
    of: z.array(Trial),
  },
  report: {
    file: below('report.schema.json'),
    head: {
      $id: `urn:podproof:report:${documentSchema}`,
      title: `podproof report, schema ${documentSchema}`,
      description: 'Verdicts of a run or of a merge of runs, and all that a report shows of it but the observations.',
    },
    of: Document,
  },
} satisfies Record<string, Published>;

/** As users write it: defaults may be left out. */
export function jsonSchema({ head, of }: Published): z.core.JSONSchema.BaseSchema {
  return { ...head, ...z.toJSONSchema(of, { io: 'input' }) };
}

// npx tsx lib/record/schemas.ts && npx oxfmt -c lib/testing/oxfmt.json "lib/**/*.schema.json"
if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const each of Object.values(published)) await writeFile(each.file, `${JSON.stringify(jsonSchema(each), null, 2)}\n`);
