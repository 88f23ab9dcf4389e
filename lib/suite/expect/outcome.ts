import type { GuestReport, HostReport, Observation } from '../../model/observation.ts';
import type { Expectation, Evidence, Finding } from '../rule.ts';

/** How the launch ended, in words for a report. */
export function outcomeText(observation: Pick<Observation, 'outcome'>): string {
  const { outcome } = observation;
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
function withoutBacktrace(message: string): string {
  const at = message.indexOf('Stack backtrace:');
  if (at < 0) return message;
  let words = message.slice(0, at).trimEnd();
  while (words.endsWith('\\n')) words = words.slice(0, -2);
  return words;
}

/** Judges what a running pod saw; a pod that did not run fails the rule with the engine's own words. */
export function ran(check: (guest: GuestReport, evidence: Evidence & { host: HostReport }) => Finding[]): Expectation {
  return (evidence) => {
    const { guest, host } = evidence.observation;
    if (evidence.observation.outcome.kind !== 'ran' || guest === undefined || host === undefined) {
      return [{ ok: false, expected: 'the pod runs', observed: outcomeText(evidence.observation) }];
    }
    return check(guest, { ...evidence, host });
  };
}

/** The engine refuses with this call and these words: a documented failure that fails as documented. */
export function refused(call: string, message: RegExp): Expectation {
  return ({ observation }) => {
    const { outcome } = observation;
    const ok = outcome.kind === 'refused' && outcome.call === call && message.test(outcome.message);
    return [{ ok, expected: `${call} fails with /${message.source}/`, observed: outcomeText(observation) }];
  };
}

/** The same of a runtime that sets a container's devices up at CreateContainer or at StartContainer, as the engine calls it. */
export function refusedAnywhere(message: RegExp): Expectation {
  return (evidence) => {
    const { outcome } = evidence.observation;
    const call = outcome.kind === 'refused' && outcome.call === 'CreateContainer' ? outcome.call : 'StartContainer';
    return refused(call, message)(evidence);
  };
}

/** All of these; each gives its own findings. */
export function all(...expectations: Expectation[]): Expectation {
  return (evidence) => expectations.flatMap((expectation) => expectation(evidence));
}

/** Another expectation for each engine: where engines are documented to differ. */
export function byEngine(table: Partial<Record<string, Expectation>>): Expectation {
  return (evidence) => {
    const expectation = table[evidence.cell.engine.name];
    if (expectation === undefined)
      return [{ ok: false, expected: 'a documented behaviour of this engine', observed: 'none is recorded' }];
    return expectation(evidence);
  };
}

/** One of two expectations, by a fact of the cell. */
export function when(condition: (evidence: Evidence) => boolean, then: Expectation, otherwise: Expectation): Expectation {
  return (evidence) => (condition(evidence) ? then : otherwise)(evidence);
}
