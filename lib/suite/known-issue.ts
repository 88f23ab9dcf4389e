import type { Requirement } from './requirement.ts';

/** What ends an issue for its user. */
export interface Remedy {
  /** What to set, take or do. */
  setting: string;
  /** The version since which there is such a thing. */
  since: string;
  /** What it gives away, or asks for. */
  cost: string;
}

/** Answers that are not the documented ones. `fail` becomes `known` where they are seen; where they are gone the verdict is `fixed`. */
export interface KnownIssue {
  id: string;
  title: string;
  url: string;
  /** The answers by question: `{ 'OWN-MODE': ['open-to-all'] }`. */
  answers: Record<string, readonly string[]>;
  /** Only on these scenarios. */
  on?: readonly string[];
  where: readonly Requirement[];
  /** What it means to those affected: what a pod cannot do, or what somebody else can. */
  impact: string;
  remedy: Remedy | 'none known';
}
