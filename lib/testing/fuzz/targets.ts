import type { Target } from './target.ts';
import { archiveTargets } from './targets/archive.ts';
import { engineTargets } from './targets/engine.ts';
import { hostTargets } from './targets/host.ts';
import { inputTargets } from './targets/input.ts';
import { manifestTargets } from './targets/manifest.ts';
import { recordTargets } from './targets/records.ts';
import { wordTargets } from './targets/words.ts';

/** Every reader of text that podproof did not write. */
export const targets: readonly Target[] = [
  ...inputTargets,
  ...manifestTargets,
  ...recordTargets,
  ...hostTargets,
  ...engineTargets,
  ...wordTargets,
  ...archiveTargets,
];
