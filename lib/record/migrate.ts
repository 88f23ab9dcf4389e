import { documentSchema } from '../model/document.ts';

type Plain = Record<string, unknown>;

/** From the schema number of the key to the next one. */
const steps: Record<number, (document: Plain) => Plain> = {
  // 2 has the hash of the plan, what was merged, and what changed since a baseline.
  1: (document) => ({
    ...document,
    schema: 2,
    run: { plan: '', ...(document['run'] as Plain | undefined) },
    parts: [],
    baseline: null,
  }),
};

/** A document of any older schema as one of today's; what is none stays as it is, for the schema to refuse. */
export function migrated(document: unknown): unknown {
  let current = document;
  for (let at = schemaOf(current); at !== undefined && at < documentSchema; at = schemaOf(current)) {
    const step = steps[at];
    if (step === undefined) return current;
    current = step(current as Plain);
  }
  return current;
}

/** The schema number that a value claims to have. */
export function schemaOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return undefined;
  return Number.isSafeInteger(value.schema) ? (value.schema as number) : undefined;
}
