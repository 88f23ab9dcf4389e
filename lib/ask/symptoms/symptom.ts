import type { Layer } from '../reader/layer.ts';
import type { Verb } from '../reader/verb.ts';

/** Facts of a failure by which a cause shows; all that are given must hold. */
export interface Sign {
  /** 9: only this cause prints it. 6: mostly this cause. 3: this cause among others. */
  weight: number;
  errno?: readonly string[];
  verb?: readonly Verb[];
  object?: RegExp;
  /** One of these spoke, or passed the failure on. */
  layer?: readonly Layer[];
  /** In the statement of the failure itself. */
  says?: RegExp;
  /** In the statement; rules the cause out. */
  not?: RegExp;
  /** Anywhere in the text: another line that decides. */
  near?: RegExp;
}

export interface Remedy {
  do: string;
  /** Versions from which it can be done, or by whom. */
  since?: string;
  /** What it gives away; `none` where it gives nothing away. */
  cost: string;
  /** It takes something from the isolation of the host or of other pods. Never first. */
  weakens?: true;
}

/** One cause of failures, and what helps. */
export interface Symptom {
  id: string;
  /** Such a text, as a program wrote it. */
  example: string;
  /** The cause, in one sentence. */
  cause: string;
  /** Which engines, runtimes and versions, and at which call. */
  where: string;
  /** Versions in which it happens, as `runc >=1.2.0 <1.2.4`; absent where no version decides. */
  ranges?: readonly string[] | undefined;
  /** Ids of the questions that ask about it; none where it is no pod's doing. */
  questions: readonly string[];
  /** Cheapest and safest first. */
  remedies: readonly Remedy[];
  /** What would show that it is another cause: a command on the user's own node, and what to read from it. */
  otherwise: string;
  signs: readonly Sign[];
  /** How it is known: measured by a run of ours, or where it is written. */
  source: string;
}

/** A cause as the tables have it: a remedy without a cost gives nothing away, and where no question is named none asks about it. */
export interface SymptomRow extends Omit<Symptom, 'questions' | 'remedies'> {
  questions?: readonly string[];
  /** A text says what to do, where there is nothing else to say of it. */
  remedies: readonly [RemedyRow | string, ...Array<RemedyRow | string>];
}

type RemedyRow = Omit<Remedy, 'cost'> & { cost?: string };

/** What a remedy costs that gives nothing away. */
export const none = 'none';

/** The cause with what its row leaves out. */
export function symptomOf(row: SymptomRow): Symptom {
  const { id, example, cause, where, ranges, questions = [], otherwise, signs, source } = row;
  const remedies = row.remedies
    .map((remedy): RemedyRow => (typeof remedy === 'string' ? { do: remedy } : remedy))
    .map((remedy) => ({ ...remedy, cost: remedy.cost ?? none }));
  return { id, example, cause, where, ranges, questions, remedies, otherwise, signs, source };
}
