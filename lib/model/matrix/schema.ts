import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Matrix } from './matrix.ts';

/** Where the committed JSON Schema is; matrix.json names it as `$schema`, so that editors complete and check. */
export const schemaFile = fileURLToPath(new URL('matrix.schema.json', import.meta.url));

/** The JSON Schema of matrix.json as users write it: defaults may be left out. */
export function matrixSchema(): z.core.JSONSchema.BaseSchema {
  return { title: 'podproof matrix', ...z.toJSONSchema(Matrix, { io: 'input' }) };
}

// npx tsx lib/model/matrix/schema.ts && npx prettier --write lib/model/matrix/matrix.schema.json
if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(schemaFile, `${JSON.stringify(matrixSchema(), null, 2)}\n`);
