import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sampleTrial } from '../testing/trial.ts';
import { trialSchemaFile, trialsSchema } from './trial-schema.ts';
import { Trial } from './trial.ts';

test('the committed schema of trial.json is that of the code', async () => {
  expect(JSON.parse(await readFile(trialSchemaFile, 'utf8'))).toEqual(JSON.parse(JSON.stringify(trialsSchema())));
});

test('a trial fits the schema, and one without its cells does not', () => {
  const validate = new Ajv2020({ strict: false }).compile(trialsSchema());
  expect(validate([sampleTrial()]), JSON.stringify(validate.errors)).toBe(true);
  const { cells: _, ...rest } = sampleTrial();
  expect(validate([rest])).toBe(false);
});

test('a trial is read back as it was written', () => {
  expect(Trial.parse(JSON.parse(JSON.stringify(sampleTrial())))).toEqual(sampleTrial());
});
