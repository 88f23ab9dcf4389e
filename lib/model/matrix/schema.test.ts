import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { matrixSchema, schemaFile } from './schema.ts';

test('the committed JSON Schema is that of the model', async () => {
  const committed: unknown = JSON.parse(await readFile(schemaFile, 'utf8'));
  expect(
    committed,
    'regenerate it: npx tsx lib/model/matrix/schema.ts && npx prettier --write lib/model/matrix/matrix.schema.json',
  ).toEqual(JSON.parse(JSON.stringify(matrixSchema())));
});
