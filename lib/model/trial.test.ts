import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { sampleTrial } from '../testing/trial.ts';
import { jsonSchema, published } from '../record/schemas.ts';
import { Trial } from './trial.ts';

test('a trial fits the schema, and one without its cells does not', () => {
  const validate = new Ajv2020({ strict: false }).compile(jsonSchema(published.trial));
  expect(validate([sampleTrial()]), JSON.stringify(validate.errors)).toBe(true);
  const { cells: _, ...rest } = sampleTrial();
  expect(validate([rest])).toBe(false);
});

test('a trial is read back as it was written', () => {
  expect(Trial.parse(JSON.parse(JSON.stringify(sampleTrial())))).toEqual(sampleTrial());
});
