import type { ChangeKind, Incomparable } from '../model/baseline.ts';

/** Headings for what became of verdicts since a baseline. */
export const changeTitles: Record<ChangeKind, string> = {
  'newly-weaker': 'Newly weaker',
  'newly-broken': 'Newly broken',
  'newly-unjudged': 'Newly unjudged',
  mended: 'Mended',
  'changed-evidence': 'Changed evidence',
  same: 'The same',
  'not-comparable': 'Not comparable',
  'still-unjudged': 'Still unjudged',
};

/** Completes "not comparable, as …". */
export const incomparableTexts: Record<Incomparable, string> = {
  'no-cell': 'the baseline has no cell to pair',
  'not-run': 'the baseline did not run the scenario',
  'not-asked': 'the baseline did not ask the question',
  inapplicable: 'the question did not apply there, or nothing was recorded to answer it from',
  unjudged: 'the baseline could not judge it',
  'no-answer': 'the baseline does not name the answer',
};
