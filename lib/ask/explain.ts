import type { Matrix } from '../model/matrix/matrix.ts';
import type { Document } from '../model/document.ts';
import { clip } from '../report/visible.ts';
import { knownEntry, knownOf, ruleEntries, rulesOf, type Book, type KnownEntry, type RuleEntry } from './book.ts';
import { cellEntry, type CellEntry } from './cell.ts';
import { nearestRules } from './nearest.ts';
import { recordedCell, recordedRules, type RecordedCell, type RecordedRule } from './recorded.ts';
import { verdictEntry, type VerdictEntry } from './verdict.ts';

/** Longest text that is matched, in UTF-16 units. */
const longest = 16_384;

export interface SymptomEntry {
  id: string;
  means: string;
  where: string;
  fix: string;
  cost: string;
  source: string;
  rules: string[];
}

/** The answer to one text. All but `text` is ours. */
export interface Explanation {
  /** Untrusted, as it was given. */
  text: string;
  kind: 'rule' | 'verdict' | 'cell' | 'known issue' | 'error text' | 'unknown';
  verdict?: VerdictEntry;
  cell?: CellEntry;
  symptoms: SymptomEntry[];
  /** The rules that answer; for an unknown text those that are nearest. */
  rules: RuleEntry[];
  known: KnownEntry[];
  /** What recorded runs show of the rules: all of it for the one that was meant, what deviates for others. */
  recorded: RecordedRule[];
  /** Recorded runs of the cell, newest first. */
  runs: RecordedCell[];
}

/**
 * What a rule id, a verdict, a cell id, a known issue or an error text means. Pure; `matrix` is needed for cells only, and
 * `documents` are the recorded runs that versions are read from.
 */
export function explain(text: string, book: Book, matrix?: Matrix, documents: readonly Document[] = []): Explanation {
  const word = text.trim();
  const answer = (kind: Explanation['kind'], part: Partial<Explanation>): Explanation => ({
    text,
    kind,
    symptoms: [],
    rules: [],
    known: [],
    recorded: [],
    runs: [],
    ...part,
  });

  const rule = rulesOf(book).find((each) => each.rule.id === word.toUpperCase())?.rule.id;
  if (rule !== undefined) {
    return answer('rule', {
      rules: ruleEntries(book, [rule]),
      known: knownOf(book, [rule]),
      recorded: recordedRules(documents, [rule]),
    });
  }

  const verdict = verdictEntry(word.toLowerCase());
  if (verdict !== undefined) return answer('verdict', { verdict });

  const issue = book.known.find(({ id }) => id === word.toLowerCase());
  if (issue !== undefined) {
    return answer('known issue', {
      rules: ruleEntries(book, issue.rules),
      known: [knownEntry(issue)],
      recorded: recordedRules(documents, issue.rules, ({ known }) => known.includes(issue.id)),
    });
  }

  const cell = matrix && cellEntry(word, matrix, book);
  if (cell !== undefined) return answer('cell', { ...cell, runs: recordedCell(documents, word) });

  const line = clip(text, longest).replace(/\s+/g, ' ').trim();
  const symptoms = book.symptoms.filter(({ pattern }) => pattern.test(line));
  // Otherwise it may be what a report observed, as known issues match it.
  const observed = symptoms.length > 0 ? [] : book.known.filter((each) => each.observed.test(line));
  const ids = [...new Set([...symptoms, ...observed].flatMap(({ rules }) => rules))];
  if (symptoms.length > 0 || observed.length > 0) {
    const nearest = new Set((symptoms[0] ?? observed[0])?.rules).size;
    return answer('error text', {
      symptoms: symptoms.map(({ id, means, where, fix, cost, source, rules }) => ({
        id,
        means,
        where,
        fix,
        cost,
        source,
        rules: [...rules],
      })),
      rules: ruleEntries(book, ids),
      known: observed.length > 0 ? observed.map(knownEntry) : knownOf(book, ids),
      // Of the nearest meaning all versions, as a documented failure is as documented; of the others what deviates.
      recorded: [
        ...recordedRules(documents, ids.slice(0, nearest)),
        ...recordedRules(documents, ids.slice(nearest), ({ verdict }) => verdict === 'known' || verdict === 'fail'),
      ],
    });
  }
  return answer('unknown', { rules: ruleEntries(book, nearestRules(line, book)) });
}
