import { BlockedError, diskTrouble, messageOf, sentenceOf, UsageError } from '../util/errors.ts';
import { widthOf, wrapText } from '../util/wrap.ts';

/** Says on standard error why a verb ended, and returns the exit code: 2 for bad input, 75 for what was unavailable. */
export function sayWhy(thrown: unknown): 2 | 75 {
  const error = diskTrouble(thrown) ?? thrown;
  const { stderr } = process;
  // A log keeps a sentence on one line.
  const fitted = (words: string): string => (stderr.isTTY ? wrapText(words, widthOf(stderr), 2) : words);
  const say = (words: string): unknown => stderr.write(`${fitted(`podproof: ${words}`)}\n`);
  if (error instanceof UsageError) {
    say(messageOf(error));
    return 2;
  }
  if (error instanceof BlockedError) say(sentenceOf(error));
  else say(`this is podproof's own fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 75;
}
