import { inert } from './path.ts';

/** A place in a text; both count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** A manifest that cannot be used: one sentence, with its place before it: `pod.yaml:12:7: …`. The command line exits with 2. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly file: string;
  readonly place: Place;

  constructor(file: string, place: Place, sentence: string) {
    super(`${file}:${place.line}:${place.column}: ${inert(sentence)}`);
    this.file = file;
    this.place = place;
  }
}
