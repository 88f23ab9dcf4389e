import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig } from '../../cri/gen/cri_pb.js';
import { canary } from '../../model/fixtures.ts';
import { fakeFixtures, fakeHostFacts as facts } from './facts.ts';

/** Nodes that stand for somebody's own, by their path on the host. */
export type StandIns = ReadonlyMap<string, { owner: string; mode: string }>;

/** Those that a fake host was given. */
export function standInsIn(root: string): StandIns {
  const file = join(root, 'nodes');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return new Map(lines.map((line) => line.split(' ')).map(([path = '', owner = '', mode = '']) => [path, { owner, mode }]));
}

function node(path: string, [uid, gid]: readonly number[], mode = '0640'): string[] {
  const raw = (0o020000 | Number.parseInt(mode, 8)).toString(16);
  return ['dev', raw, 'a', 'e5', String(uid), String(gid), path, `${path}\n`];
}

const hosts = [1234, 4321] as const;
const boot = ['file', '/proc/sys/kernel/random/boot_id', facts.bootId];

/** What a sweep of the host prints. */
export function sweepRows(): string[][] {
  const release = ['file', '/proc/sys/kernel/osrelease', facts.kernel];
  return [release, boot, node(fakeFixtures.char, hosts), node(fakeFixtures.block, hosts)];
}

/**
 * What the probe prints in a pod: the devices that it asked for belong to its user and open, unless the runtime is an odd one. Those of
 * `nodes` keep what they have on the host, and open for their group, and for everybody where the mode says so.
 */
export function guestRows(
  config: ContainerConfig | undefined,
  attempts: readonly string[],
  { odd, nodes }: { odd: boolean; nodes: StandIns },
): string[][] {
  const context = config?.linux?.securityContext;
  const [uid, gid] = [Number(context?.runAsUser?.value ?? 0), Number(context?.runAsGroup?.value ?? 0)];
  const groups = [gid, ...(context?.supplementalGroups ?? []).map(Number)];
  const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:\t0000000000000000`);
  const ids = [`Uid:${`\t${uid}`.repeat(4)}`, `Gid:${`\t${gid}`.repeat(4)}`, `Groups:\t${groups.join(' ')} `];
  /** By the path of each device in the container: why it does not open. */
  const failures = new Map<string, string>();
  const devices = (config?.devices ?? []).map(({ hostPath, containerPath }) => {
    const kept = nodes.get(hostPath);
    const owner = kept?.owner.split(':').map(Number) ?? (odd ? hosts : [uid || hosts[0], gid || hosts[1]]);
    const opens = kept === undefined ? !odd : groups.includes(owner[1] ?? 0) || kept.mode.endsWith('6');
    failures.set(containerPath, opens ? '' : 'Permission denied');
    return node(containerPath, owner, kept?.mode);
  });
  const opens = attempts.flatMap((attempt) => {
    const [, access, path = ''] = /^open:([rw]):(.*)$/.exec(attempt) ?? [];
    const words = failures.get(path) ?? 'No such file or directory';
    return access === undefined ? [] : [['open', access === 'r' ? 'read' : 'write', path, words]];
  });
  const canaries = attempts
    .filter((attempt) => attempt.startsWith('canary:'))
    .map((attempt) => ['canary', attempt.slice('canary:'.length), ...(odd ? ['Permission denied'] : ['', canary])]);
  const status = ['file', '/proc/self/status', ...ids, ...sets, 'NoNewPrivs:\t0', 'Seccomp:\t2'];
  return [status, ['kernel', facts.kernel], boot, ['processes', '3'], ...devices, ...opens, ...canaries];
}
