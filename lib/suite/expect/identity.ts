import { engines } from '../../engines/facts.ts';
import { sameVersion } from '../../model/version.ts';
import { hasFeature } from '../../model/feature.ts';
import type { Evidence, Expectation } from '../rule.ts';
import { ran } from './outcome.ts';

/** The engine that answered is the planned one, by name and version. */
export function plannedEngine(): Expectation {
  return ({ cell, lease }) => {
    return [
      {
        ok:
          lease.engine.reportedName === engines[cell.engine.name].reportedName &&
          sameVersion(lease.engine.reportedVersion, cell.engine.version),
        expected: `${cell.engine.name} ${cell.engine.version}`,
        observed: `${lease.engine.reportedName} ${lease.engine.reportedVersion}, sha256 ${lease.engine.sha256.slice(0, 16)}`,
      },
    ];
  };
}

/** The CRI's version is v1 where the version table has it, and v1alpha2 before. */
export function criApi(): Expectation {
  return ({ cell, lease }) => {
    const { api } = lease.engine;
    const expected = hasFeature(cell.engine, 'cri-v1') ? 'v1' : 'v1alpha2';
    return api === undefined ? [] : [{ ok: api === expected, expected: `CRI ${expected}`, observed: `CRI ${api}` }];
  };
}

/** The state that the container's runtime left on the host is that of the planned runtime. */
export function plannedRuntime(): Expectation {
  return ran((_, { observation, cell }) => {
    const state = observation.identity?.stateOf ?? null;
    return [
      {
        ok: state === cell.runtime.name,
        expected: `the state of ${cell.runtime.name} on the host`,
        observed:
          state === null
            ? 'no runtime state for this container'
            : `the state of ${state}, binary ${observation.identity?.runtimePath}`,
      },
    ];
  });
}

/** A container on the host's kernel shows the host's boot id; a guest has a kernel of its own. */
export function kernel(kind: 'host' | 'own'): Expectation {
  return ran((guest, { host }) => {
    const shared = guest.bootId === host.bootId;
    return [
      {
        ok: shared === (kind === 'host'),
        expected: kind === 'host' ? "the host's kernel" : 'a kernel of its own',
        observed: `kernel ${guest.kernel}, ${shared ? 'the same boot as the host' : `another boot than the host's ${host.kernel}`}`,
      },
    ];
  });
}

/** Every planned key of the engine and of this runtime's handlers is effective in the running engine; or this one key. */
export function effectiveConfig(only?: string): Expectation {
  return ({ cell, lease: { engine }, observation }) => {
    const handler = observation.request.handler;
    const ours = (key: string): boolean => {
      const name = /\bruntimes\.([^.]+)\./.exec(key)?.[1];
      return name === undefined || name === handler || name.startsWith(`${handler}-`);
    };
    const keys = Object.keys(engine.planned).filter((key) => (only === undefined ? ours(key) : key === only));
    const wrong = keys.filter((key) => engine.effective[key] !== engine.planned[key]);
    const everything = `all ${keys.length} planned keys`;
    const show = (key: string, table: Record<string, string | number | boolean>): string =>
      `${key} = ${table[key] ?? 'not effective'}`;
    return [
      {
        ok: keys.length > 0 && wrong.length === 0,
        expected: wrong.length > 0 ? wrong.map((key) => show(key, engine.planned)).join('; ') : everything,
        observed:
          wrong.length > 0
            ? `${wrong.map((key) => show(key, engine.effective)).join('; ')}; ${whyIgnored(cell.engine, engine.ignored)}`
            : everything,
      },
    ];
  };
}

/** What becomes of a key that is misspelt, in the wrong table, or of another version. */
function whyIgnored(engine: Evidence['cell']['engine'], ignored: readonly string[]): string {
  if (ignored.length > 0) return `the engine's log says that it ignores ${ignored.join(', ')}`;
  return hasFeature(engine, 'unknown-keys-logged')
    ? "the engine's log names no key that it ignores"
    : `${engine.name} ${engine.version} ignores keys that it does not know, without a word`;
}

/** Kata: the shim's own log names the configuration file of this pod's handler as the one that it loaded. */
export function shimConfiguration(): Expectation {
  return ran((_, { observation }) => {
    const { planned, loaded } = observation.identity?.configuration ?? { planned: 'a configuration of its own', loaded: null };
    return [
      {
        ok: loaded === planned,
        expected: `the shim loads ${planned}`,
        observed: loaded === null ? 'the shim’s log names no configuration' : `it loaded ${loaded}`,
      },
    ];
  });
}

/** Kata: the agent that the guest's console shows is of the planned version. */
export function announcedAgent(): Expectation {
  return ran((_, { observation, cell }) => {
    // The Go shim quotes the guest's JSON, runtime-rs passes it on as it is.
    const version = /agent-version\\?": ?\\?"([\w.+-]+)/.exec(observation.shimLog ?? '')?.[1];
    return [
      {
        ok: version !== undefined && sameVersion(version, cell.runtime.version),
        expected: `kata-agent ${cell.runtime.version}`,
        observed: version === undefined ? 'the guest’s console shows no agent that announces itself' : `kata-agent ${version}`,
      },
    ];
  });
}

/** Nothing is left on the host after the pod was removed. */
export function nothingLeft(by: 'runtime' | 'ours'): Expectation {
  return ({ observation }) => {
    const left = observation.leftovers?.[by];
    return [
      {
        ok: left?.length === 0,
        expected: 'nothing left',
        observed:
          left === undefined ? 'the host was not swept after the removal' : left.length === 0 ? 'nothing left' : left.join('; '),
      },
    ];
  };
}
