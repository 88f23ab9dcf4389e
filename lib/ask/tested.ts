/** One judgement of a recorded run on a question, with the versions that it was tested with. */
export interface Tested {
  question: string;
  engine: string;
  engineVersion: string;
  runtime: string;
  runtimeVersion: string;
  /** As documented, or a deviation that is known or new. */
  asDocumented: boolean;
}

/**
 * What a report.json says about these questions. Reads the few fields that it needs from the file's own JSON, as checking
 * all of every report takes longer than the answer; what has another shape tells nothing.
 */
export function testedIn(report: unknown, questions: readonly string[]): Tested[] {
  const cells = new Map(list(report, 'cells').map((cell) => [text(cell, 'id'), cell]));
  return list(report, 'verdicts').flatMap((verdict): Tested[] => {
    const question = text(verdict, 'question');
    const judged = text(verdict, 'verdict');
    const cell = cells.get(text(verdict, 'cell'));
    if (!questions.includes(question) || cell === undefined || !['pass', 'known', 'fail', 'fixed'].includes(judged)) return [];
    const [engine, runtime] = [field(cell, 'engine'), field(cell, 'runtime')];
    return [
      {
        question,
        engine: text(engine, 'name'),
        engineVersion: text(engine, 'version'),
        runtime: text(runtime, 'name'),
        runtimeVersion: text(runtime, 'version'),
        asDocumented: judged === 'pass',
      },
    ];
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
}

function list(value: unknown, name: string): unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}
