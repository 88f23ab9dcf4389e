import { engines } from '../../engines/facts.ts';
import { outcomeText } from '../../model/outcome-text.ts';
import { sameVersion } from '../../model/version.ts';
import type { Evidence } from '../evidence.ts';
import { hasFeature } from '../../model/feature.ts';
import { unansweredCode } from '../question.ts';
import { podReading, reading, type Reading } from '../reading.ts';

/** Whether the engine that answered is the planned one, by name and version. */
export function engineVersion(): Reading<'planned'> {
  return reading(['planned'], ({ cell, lease: { engine } }) => {
    const { reportedName } = engines[cell.engine.name];
    const same = engine.reportedName === reportedName && sameVersion(engine.reportedVersion, cell.engine.version);
    return { word: same ? 'planned' : 'other', text: `${engine.reportedName} ${engine.reportedVersion}` };
  });
}

/** The version of the CRI that the engine serves. */
export function criApi(): Reading<'v1' | 'v1alpha2'> {
  return reading(['v1', 'v1alpha2'], ({ lease: { engine } }) =>
    engine.api === undefined ? undefined : { word: engine.api, text: `CRI ${engine.api}` },
  );
}

/** That the pod came up: what a question about a refusal would be answered by otherwise. */
export function starts(): Reading<'ran'> {
  return podReading(['ran'], () => ({ word: 'ran', text: 'the pod ran' }));
}

/** How the launch ended: the pod ran, or this call refused it with such words, or never answered. */
export function launchEnd(call: string, words: RegExp): Reading<'ran' | 'refused so'> {
  return reading(['ran', 'refused so'], ({ observation }) => {
    const { outcome } = observation;
    const so =
      outcome.kind === 'refused' && outcome.call === call && (outcome.code === unansweredCode || words.test(outcome.message));
    return { word: so ? 'refused so' : outcome.kind, text: outcomeText(observation) };
  });
}

/** Whose state for this container is on the host. */
export function runtimeState(): Reading<'planned'> {
  return podReading(['planned'], (_, __, { observation: { identity }, cell }) => {
    const state = identity?.stateOf ?? null;
    return {
      word: state === null ? 'none' : state === cell.runtime.name ? 'planned' : state,
      text: state === null ? 'no runtime state for this container' : `the state of ${state}`,
    };
  });
}

/** Whether every planned key of the engine and of this runtime's handlers is effective in the running engine; or this one key. */
export function effectiveConfig(only?: string): Reading<'planned'> {
  return reading(['planned'], ({ cell, lease: { engine }, observation: { request } }) => {
    const ours = (key: string): boolean => {
      const name = /\bruntimes\.([^.]+)\./.exec(key)?.[1];
      return name === undefined || name === request.handler || name.startsWith(`${request.handler}-`);
    };
    const keys = Object.keys(engine.planned).filter((key) => (only === undefined ? ours(key) : key === only));
    const wrong = keys.filter((key) => engine.effective[key] !== engine.planned[key]);
    if (keys.length === 0) return { word: 'unplanned', text: 'no such key was planned' };
    if (wrong.length === 0) return { word: 'planned', text: `all ${keys.length} planned keys` };
    const shown = wrong.map((key) => `${key} = ${engine.effective[key] ?? 'not effective'}, planned ${engine.planned[key]}`);
    return { word: 'other', text: `${shown.join('; ')}; ${reasonIgnored(cell.engine, engine.ignored)}` };
  });
}

/** What becomes of a key that is misspelt, in the wrong table, or of another version. */
function reasonIgnored(engine: Evidence['cell']['engine'], ignored: readonly string[]): string {
  if (ignored.length > 0) return `the engine's log says that it ignores ${ignored.join(', ')}`;
  return hasFeature(engine, 'unknown-keys-logged')
    ? "the engine's log names no key that it ignores"
    : `${engine.name} ${engine.version} ignores keys that it does not know, without a word`;
}

/** Kata: whether the shim's own log names the configuration file of this pod's handler as the one that it loaded. */
export function shimConfiguration(): Reading<'planned'> {
  return podReading(['planned'], (_, __, { observation: { identity } }) => {
    const { planned, loaded } = identity?.configuration ?? { planned: '', loaded: null };
    if (loaded === null) return { word: 'unnamed', text: 'the shim’s log names no configuration' };
    return { word: loaded === planned ? 'planned' : 'other', text: `it loaded ${loaded}` };
  });
}

/** Kata: whether the agent that the guest's console shows is of the planned version. */
export function announcedAgent(): Reading<'planned'> {
  return podReading(['planned'], (_, __, { observation, cell }) => {
    // The Go shim quotes the guest's JSON, runtime-rs passes it on as it is.
    const version = /agent-version\\?": ?\\?"([\w.+-]+)/.exec(observation.shimLog ?? '')?.[1];
    if (version === undefined) return { word: 'unnamed', text: 'the guest’s console shows no agent that announces itself' };
    return { word: sameVersion(version, cell.runtime.version) ? 'planned' : 'other', text: `kata-agent ${version}` };
  });
}

/** What was left on the host after the pod was removed: nothing; the directory of Kata's shim; below /run/user; or this and accounts of Kata. */
export function leftovers(by: 'runtime' | 'ours'): Reading<'nothing' | 'shim directory' | 'directory' | 'account'> {
  return reading(['nothing', 'shim directory', 'directory', 'account'], ({ observation }) => {
    const left = observation.leftovers?.[by];
    if (left === undefined) return { word: 'unswept', text: 'the host was not swept after the removal' };
    const account = left.some((entry) => /^user kata-\d+ \(\d+\)$/.test(entry));
    const ofShim = (entry: string): boolean => /^\/run\/vc\/sbs\/[0-9a-f]{64}$/.test(entry);
    const other = left.find((entry) => !ofShim(entry) && !/^(user kata-\d+ \(\d+\)|\/run\/user\/\d+.*)$/.test(entry));
    const known = account ? 'account' : left.every(ofShim) ? 'shim directory' : 'directory';
    const word = left.length === 0 ? 'nothing' : other !== undefined ? 'other' : known;
    return { word, text: left.join('; ') || 'nothing left' };
  });
}
