import { BlockedError, diskTrouble, messageOf, sentenceOf, UsageError } from '../util/errors.ts';

/** Says on standard error why a verb ended, and returns the exit code: 2 for bad input, 75 for what could not be had. */
export function sayWhy(thrown: unknown): 2 | 75 {
  const error = diskTrouble(thrown) ?? thrown;
  const say = (words: string): unknown => process.stderr.write(`podproof: ${words}\n`);
  if (error instanceof UsageError) {
    say(messageOf(error));
    return 2;
  }
  if (error instanceof BlockedError) say(sentenceOf(error));
  else say(`this is podproof's own fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 75;
}
