import type { VmHost } from './facts.ts';
import { BlockedError } from '../../util/errors.ts';
import type { DebianSuite } from '../image/facts.ts';

const legacy = ['systemd.unified_cgroup_hierarchy=0', 'systemd.legacy_systemd_cgroup_controller'];

/** How each release's systemd is asked for cgroup v1, where it still has it. Citation: systemd's NEWS of 256 and 258. */
const v1: Record<DebianSuite, readonly string[] | undefined> = {
  bookworm: legacy,
  trixie: [...legacy, 'SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1'],
  sid: undefined,
};

/** Kernel parameters for the cgroup version that the host shall have. Throws BlockedError where its systemd has dropped it. */
export function cgroupParameters(id: string, { suite, cgroup }: Pick<VmHost, 'suite' | 'cgroup'>): readonly string[] {
  if (cgroup !== 'v1') return [];
  const parameters = v1[suite];
  if (parameters !== undefined) return parameters;
  throw new BlockedError(`Cannot bring up host ${id} with cgroup v1: the systemd of Debian ${suite} has it no more (since 258)`, {
    remedy: 'use "suite": "bookworm" or "trixie" for it',
  });
}

/** A host that came up with another cgroup version than it was asked for would be judged for the wrong thing. */
export function assertCgroup(id: string, wanted: VmHost['cgroup'], found: 'v1' | 'v2' | 'hybrid'): void {
  if (wanted === undefined || wanted === found) return;
  throw new BlockedError(`Host ${id} was asked for cgroup ${wanted} and came up with ${found}`, {
    remedy: 'read its console log, or remove "cgroup" from the host in matrix.json',
  });
}
