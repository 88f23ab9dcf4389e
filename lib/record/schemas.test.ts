import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { jsonSchema, published } from './schemas.ts';

test.for(Object.entries(published))('the committed JSON Schema of %s is that of the code', async ([, schema]) => {
  expect(
    JSON.parse(await readFile(schema.file, 'utf8')),
    'regenerate it: npx tsx lib/record/schemas.ts && npx oxfmt -c lib/testing/oxfmt.json "lib/**/*.schema.json"',
  ).toEqual(JSON.parse(JSON.stringify(jsonSchema(schema))));
});
