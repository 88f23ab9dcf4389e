import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Document, documentSchema } from '../model/document.ts';

/** Where the published JSON Schema of report.json is. */
export const reportSchemaFile = fileURLToPath(new URL('report.schema.json', import.meta.url));

/** The JSON Schema of report.json. Its `$id` carries the schema number; keys that it does not name are allowed, as it may grow. */
export function reportSchema(): z.core.JSONSchema.BaseSchema {
  return {
    $id: `urn:podproof:report:${documentSchema}`,
    title: `podproof report, schema ${documentSchema}`,
    description: 'Verdicts of a run or of a merge of runs, and all that a report shows of it but the observations.',
    ...z.toJSONSchema(Document, { io: 'input' }),
  };
}

// npx tsx lib/record/schema.ts && npx prettier --write lib/record/report.schema.json
if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(reportSchemaFile, `${JSON.stringify(reportSchema(), null, 2)}\n`);
