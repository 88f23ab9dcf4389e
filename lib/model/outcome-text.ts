import type { Observation } from './observation.ts';

/** How the launch ended, in words for a report. */
export function outcomeText({ outcome }: Pick<Observation, 'outcome'>): string {
  switch (outcome.kind) {
    case 'ran':
      return 'the pod ran';
    case 'refused':
      return `${outcome.call} failed: ${withoutBacktrace(outcome.message)}`;
    case 'host-lost':
      return `the host was lost: ${outcome.message}`;
    case 'error':
      return outcome.message;
  }
}

/** Kata's agent and runtime-rs append a backtrace of unknown frames; the observation keeps it. */
export function withoutBacktrace(message: string): string {
  const at = message.indexOf('Stack backtrace:');
  if (at < 0) return message;
  let words = message.slice(0, at).trimEnd();
  while (words.endsWith('\\n')) words = words.slice(0, -2);
  return words;
}
