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
  // 3 has questions with answers, harm in place of security, and known issues with impact and remedy.
  2: (document) => ({
    ...document,
    schema: 3,
    rules: each(document['rules'], ({ title, ...rule }) => ({ ...rule, asks: title, answers: [] })),
    known: each(document['known'], (issue) => ({ ...issue, impact: '', remedy: 'none known' })),
    verdicts: each(document['verdicts'], ({ security, ...verdict }) =>
      security === true ? { ...verdict, harm: 'weakens' } : verdict,
    ),
  }),
  // 4 compares by answer and across versions. An older comparison has neither; `--baseline` makes it again from the two runs.
  3: (document) => ({ ...document, schema: 4, baseline: null }),
  // 5 says question and layers where older ones say rule and trail.
  4: ({ rules, verdicts, baseline, ...document }) => ({
    ...document,
    schema: 5,
    questions: rules,
    verdicts: each(verdicts, ({ trail, ...verdict }) =>
      ofQuestion(trail === undefined ? verdict : { ...verdict, layers: trail }),
    ),
    baseline: typeof baseline === 'object' && baseline !== null ? ofQuestions(baseline as Plain) : baseline,
  }),
};

function ofQuestion({ rule, ...entry }: Plain): Plain {
  return { ...entry, question: rule };
}

function ofQuestions({ changes, gone, ...baseline }: Plain): Plain {
  return { ...baseline, changes: each(changes, ofQuestion), gone: each(gone, ofQuestion) };
}

/** The objects of a list changed; what is none stays as it is, for the schema to refuse. */
function each(list: unknown, change: (entry: Plain) => Plain): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((entry: unknown) => (typeof entry === 'object' && entry !== null ? change(entry as Plain) : entry));
}

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
