import type { Model } from './model.ts';

/**
 * Whether a verdict holds every word: in one of its texts, its question or its cell. Each distinct text is searched once for each
 * word. Words are bits, so that a verdict is tested by looking up seven numbers; a number has 31 of them to use.
 */
export function wordTest(model: Model, words: readonly string[]): (verdict: number) => boolean {
  if (words.length === 0) return () => true;
  if (words.length > 31) {
    const [some, others] = [wordTest(model, words.slice(0, 31)), wordTest(model, words.slice(31))];
    return (i) => some(i) && others(i);
  }
  const held = (text: string | null): number => {
    if (text === null) return 0;
    const lower = text.toLowerCase();
    return words.reduce((bits, word, nth) => (lower.includes(word) ? bits | (1 << nth) : bits), 0);
  };
  const texts = Uint32Array.from(model.texts.map(held));
  const cells = Uint32Array.from(model.cells.map((cell) => held(cell.id)));
  const questions = Uint32Array.from(model.questions.map((question) => held(`${question.id} ${question.asks}`)));
  const all = 2 ** words.length - 1;
  const { cell, question, observed, expected, scenario, reason, known } = model.columns;
  const inText = (at: number | undefined): number => texts[at ?? 0] ?? 0;
  return (i) =>
    ((questions[question[i] ?? 0] ?? 0) |
      (cells[cell[i] ?? 0] ?? 0) |
      inText(observed[i]) |
      inText(expected[i]) |
      inText(scenario[i]) |
      inText(reason[i]) |
      inText(known[i])) ===
    all;
}
