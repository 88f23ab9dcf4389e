import { engine, runtime, type KnownIssue } from '../lib/suite/mod.ts';

/** Recorded deviations, by rule and version range. A `fail` that matches is `known`; one that no longer happens is `fixed`. */
export const knownIssues: KnownIssue[] = [
  {
    id: 'crio-mode-0666',
    title: 'CRI-O sends no file mode, so that runc and crun open a device to everybody: 0666',
    url: 'https://github.com/cri-o/cri-o/issues/9358',
    rules: ['OWN-MODE'],
    on: [engine('crio'), runtime('runc', 'crun')],
    observed: /mode 0666/,
    security: true,
  },
];
