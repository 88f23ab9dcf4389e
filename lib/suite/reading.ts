import type { GuestReport } from '../model/guest-report.ts';
import type { HostReport } from '../model/host-report.ts';
import type { Evidence } from './evidence.ts';

/** What one look at the evidence shows. */
export interface Sight {
  /** One of the reading's words; anything else is a value that nobody foresaw. */
  word: string;
  /** The same with its values, for readers: `/dev/podproof-block belongs to 1000:2000`. */
  text: string;
  /** The device whose way through the layers explains it. */
  about?: About;
}

export interface About {
  path: string;
  field: 'uid' | 'gid' | 'mode' | 'type' | 'presence';
}

/**
 * Looks at one matter and says it in one word of few. As it gives one word only, two rows that name different words of it
 * can never both be seen: which is how answers are proven to exclude each other when a table is loaded.
 */
export interface Reading<Word extends string = string> {
  words: readonly Word[];
  /** There is nothing to look at where the pod did not come up, or the configuration was not taken. */
  ofLaunch?: true;
  /** Undefined when there is nothing to look at: the pod did not run, or this run did not record it. Pure. */
  read: (evidence: Evidence) => Sight | undefined;
}

/** A reading of any evidence. */
export function reading<const Word extends string>(
  words: readonly Word[],
  read: (evidence: Evidence) => Sight | undefined,
): Reading<Word> {
  return { words, read };
}

/** A reading of what there is only once the launch went well. */
export function ofLaunch<const Word extends string>(
  words: readonly Word[],
  read: (evidence: Evidence) => Sight | undefined,
): Reading<Word> {
  return { words, read, ofLaunch: true };
}

/** A reading of what a running pod, and the host meanwhile, showed. */
export function podReading<const Word extends string>(
  words: readonly Word[],
  read: (guest: GuestReport, host: HostReport, evidence: Evidence) => Sight | undefined,
): Reading<Word> {
  return ofLaunch(words, (evidence) => {
    const { guest, host, outcome } = evidence.observation;
    if (outcome.kind !== 'ran' || guest === undefined || host === undefined) return undefined;
    return read(guest, host, evidence);
  });
}

/** One word for several: theirs when they agree, otherwise all of them, which no answer names. */
export function agreed(words: readonly string[]): string {
  return [...new Set(words)].join(' and ');
}
