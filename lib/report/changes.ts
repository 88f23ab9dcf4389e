import type { ChangeKind } from '../model/baseline.ts';

/** Headings for what became of verdicts since a baseline. */
export const changeTitles: Record<ChangeKind, string> = {
  'new-failure': 'New failures',
  'newly-blocked': 'Newly blocked',
  'changed-evidence': 'Changed evidence',
  'new-known': 'New known deviations',
  fixed: 'Fixed',
  unblocked: 'No longer blocked',
  disappeared: 'Judged before, and no longer',
  appeared: 'Judged for the first time',
  'still-failing': 'Still failing',
  'still-blocked': 'Still blocked',
  'still-known': 'Still known',
};
