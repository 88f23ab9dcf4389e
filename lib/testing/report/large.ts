import type { Document } from '../../model/document.ts';
import { sampleDocument, withVerdicts } from './sample.ts';

/**
 * A run as large as podproof promises to bear: 60 questions in each cell, versions that walk through an engine's history, mostly
 * green. Texts repeat as real ones do: a tenth of the observations, and the address of each pod's evidence, occur once.
 */
export function largeDocument(cellCount = 10_000, questionCount = 60): Document {
  const base = sampleDocument();
  const questions = Array.from({ length: questionCount }, (_, index) => ({
    ...base.questions[index % base.questions.length]!,
    id: `RULE-${index}`,
  }));
  const passes = base.verdicts.filter((verdict) => verdict.verdict === 'pass');
  const other = base.verdicts.filter((verdict) => verdict.verdict !== 'pass');
  const cells = Array.from({ length: cellCount }, (_, index) => {
    const cell = base.cells[index % base.cells.length]!;
    const version = `1.${Math.floor(index / 200)}.${Math.floor(index / base.cells.length) % 25}`;
    const id = `${cell.host}/${cell.engine.name}-${version}/${cell.id.split('/')[2]}`;
    return { ...cell, verdict: 'pass' as const, id, engine: { ...cell.engine, version } };
  });
  const verdicts = cells.flatMap((cell, c) =>
    questions.map((question, r) => {
      // One question in eight deviates, from some version on.
      const deviates = r % 8 === 3 && c > (r * 977) % cellCount;
      const from = deviates ? other : passes;
      const sample = from[(r * 7) % from.length]!;
      return {
        ...sample,
        cell: cell.id,
        question: question.id,
        suite: question.suite,
        observed: (c + r) % 10 === 0 ? `${sample.observed} (pod ${c}-${r})` : sample.observed,
        evidence: `cells/${cell.id}/observations.ndjson#${(r % 24) + 1}`,
      };
    }),
  );
  return withVerdicts({ ...base, questions, cells }, verdicts);
}
