import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Trial, trialSchema } from './trial.ts';

/** Where the published JSON Schema of trial.json is. */
export const trialSchemaFile = fileURLToPath(new URL('trial.schema.json', import.meta.url));

/** The JSON Schema of trial.json: a list of trials, one for each pod of the manifest. Keys that it does not name are allowed. */
export function trialsSchema(): z.core.JSONSchema.BaseSchema {
  return {
    $id: `urn:podproof:trial:${trialSchema}`,
    title: `podproof trial, schema ${trialSchema}`,
    description: 'What "podproof try" found: each pod of a manifest, as it is and with what may help, in each cell.',
    ...z.toJSONSchema(z.array(Trial), { io: 'input' }),
  };
}

// npx tsx lib/model/trial-schema.ts && npx prettier --write lib/model/trial.schema.json
if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(trialSchemaFile, `${JSON.stringify(trialsSchema(), null, 2)}\n`);
