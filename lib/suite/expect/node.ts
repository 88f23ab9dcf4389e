import type { DeviceNode, HostReport, Observation } from '../../model/observation.ts';
import type { FixtureName } from '../scenario.ts';
import type { Evidence, Expectation, Finding } from '../rule.ts';
import { ran } from './outcome.ts';

/** A literal value, or `host`: whatever the node on the host has. */
export interface NodeExpectation {
  uid?: number | 'host';
  gid?: number | 'host';
  /** Four octal digits, or `host`. */
  mode?: string;
  numbers?: 'host';
  /** The node is not the host's kind of device where the runtime has a guest of its own. */
  type?: 'host';
}

/** A container path, or the fixture that a device request of the pod maps there. */
export type NodeReference = string | { fixture: FixtureName; entry?: string };

/** The node in the container has these properties. */
export function node(reference: NodeReference, wanted: NodeExpectation): Expectation {
  return ran((guest, evidence) => {
    const path = containerPath(reference, evidence);
    const seen = guest.dev.find((entry) => entry.path === path);
    if (seen === undefined) {
      return [{ ok: false, expected: `${path} is there`, observed: `${path} is absent`, about: { path, field: 'presence' } }];
    }
    const host = hostNodeOf(path, evidence.observation, evidence.host);
    const findings: Finding[] = [];
    for (const field of ['uid', 'gid', 'mode'] as const) {
      const value = wanted[field];
      if (value === undefined) continue;
      const expected = value === 'host' ? host?.[field] : value;
      findings.push({
        ok: expected !== undefined && seen[field] === expected,
        expected: `${path} ${field} ${expected ?? "as the host's, which the sweep did not see"}`,
        observed: `${path} ${field} ${seen[field]}`,
        about: { path, field },
      });
    }
    if (wanted.type === 'host' || wanted.numbers === 'host') findings.push(sameDevice(path, seen, host));
    const there: Finding = {
      ok: true,
      expected: `${path} is there`,
      observed: `${path} is there`,
      about: { path, field: 'presence' },
    };
    return findings.length === 0 ? [there] : findings;
  });
}

/** While the pod runs, the node of the host itself, which the pod never asked for, has these properties. */
export function hostNode(path: string, wanted: Readonly<Pick<DeviceNode, 'uid' | 'gid' | 'mode'>>): Expectation {
  return ran((_, { host }) => {
    const seen = host.dev.find((entry) => entry.path === path);
    const text = ({ uid, gid, mode }: typeof wanted): string => `${path} of the host is ${uid}:${gid} ${mode}`;
    const expected = text(wanted);
    const observed = seen === undefined ? `${path} of the host was not seen` : text(seen);
    return [{ ok: observed === expected, expected, observed }];
  });
}

/** No node at this path. */
export function noNode(reference: NodeReference): Expectation {
  return ran((guest, evidence) => {
    const path = containerPath(reference, evidence);
    const seen = guest.dev.some((entry) => entry.path === path);
    return [
      {
        ok: !seen,
        expected: `${path} is absent`,
        observed: `${path} is ${seen ? 'there' : 'absent'}`,
        about: { path, field: 'presence' },
      },
    ];
  });
}

function sameDevice(path: string, seen: DeviceNode, host: DeviceNode | undefined): Finding {
  return {
    ok: host !== undefined && describe(seen) === describe(host),
    expected: `${path} is ${host === undefined ? "the host's device, which the sweep did not see" : describe(host)}`,
    observed: `${path} is ${describe(seen)}`,
    about: { path, field: 'type' },
  };
}

function describe(entry: DeviceNode): string {
  return `${entry.type} ${entry.major ?? '?'}:${entry.minor ?? '?'}`;
}

/** Where a fixture stands in the container: as the pod's request maps it. */
export function containerPath(reference: NodeReference, evidence: Pick<Evidence, 'cell' | 'observation'>): string {
  if (typeof reference === 'string') return reference;
  const hostPath = evidence.cell.fixtures?.[reference.fixture];
  const device = evidence.observation.request.devices.find((entry) => entry.hostPath === hostPath);
  const base = device?.containerPath ?? hostPath ?? `the ${reference.fixture} fixture`;
  return reference.entry === undefined ? base : `${base}/${reference.entry}`;
}

/** The node on the host that a container path stands for: through the request's device mapping, directories included. */
export function hostNodeOf(path: string, observation: Observation, host: HostReport): DeviceNode | undefined {
  for (const { hostPath, containerPath: mapped } of observation.request.devices) {
    if (path === mapped) return followLink(hostPath, host);
    if (path.startsWith(`${mapped}/`)) return followLink(hostPath + path.slice(mapped.length), host);
  }
  return followLink(path, host);
}

function followLink(path: string, host: HostReport): DeviceNode | undefined {
  const entry = host.dev.find((candidate) => candidate.path === path);
  if (entry?.type !== 'l' || entry.target === undefined) return entry;
  const target = new URL(entry.target, `file://${path}`).pathname;
  return host.dev.find((candidate) => candidate.path === target);
}
