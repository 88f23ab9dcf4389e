import { sameVersion } from '../../util/version.ts';
import type { Expectation } from '../rule.ts';
import { ran } from './outcome.ts';

/** The engine that answered is the planned one, by name and version. */
export function plannedEngine(): Expectation {
  return ({ cell, lease }) => {
    const name = lease.engine.reportedName === 'cri-o' ? 'crio' : lease.engine.reportedName;
    return [
      {
        ok: name === cell.engine.name && sameVersion(lease.engine.reportedVersion, cell.engine.version),
        expected: `${cell.engine.name} ${cell.engine.version}`,
        observed: `${lease.engine.reportedName} ${lease.engine.reportedVersion}, sha256 ${lease.engine.sha256.slice(0, 16)}`,
      },
    ];
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
  return ({ lease, observation }) => {
    const handler = observation.request.handler;
    const ours = (key: string): boolean => {
      const name = /\bruntimes\.([^.]+)\./.exec(key)?.[1];
      return name === undefined || name === handler || name.startsWith(`${handler}-`);
    };
    const keys = Object.keys(lease.engine.planned).filter((key) => (only === undefined ? ours(key) : key === only));
    const wrong = keys.filter((key) => lease.engine.effective[key] !== lease.engine.planned[key]);
    const show = (key: string, table: Record<string, string | number | boolean>): string =>
      `${key} = ${table[key] ?? 'not effective'}`;
    return [
      {
        ok: keys.length > 0 && wrong.length === 0,
        expected:
          wrong.length > 0 ? wrong.map((key) => show(key, lease.engine.planned)).join('; ') : `all ${keys.length} planned keys`,
        observed:
          wrong.length > 0 ? wrong.map((key) => show(key, lease.engine.effective)).join('; ') : `all ${keys.length} planned keys`,
      },
    ];
  };
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
