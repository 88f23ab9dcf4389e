import type { Requirement } from './requirement.ts';

/** A recorded deviation. It turns `fail` into `known` where everything matches; where it no longer happens the verdict is `fixed`. */
export interface KnownIssue {
  id: string;
  title: string;
  url: string;
  rules: string[];
  scenarios?: string[];
  /** Where it happens. */
  on: Requirement[];
  /** What the failing rule observes. */
  observed: RegExp;
  /** It weakens isolation: shown among the security findings. */
  security?: boolean;
}
