import { UsageError } from '../util/errors.ts';
import { inert } from './path.ts';

/** A place in a text; both count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** A manifest that cannot be used: one sentence, with its place before it: `pod.yaml:12:7: …`. */
export class ManifestError extends UsageError {
  constructor(file: string, { line, column }: Place, sentence: string) {
    super(`${file}:${line}:${column}: ${inert(sentence)}`);
  }
}
