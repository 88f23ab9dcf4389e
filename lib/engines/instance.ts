import { readFileSync } from 'node:fs';
import type { Remote } from '../hosts/host.ts';
import { thinPoolFunctions } from '../hosts/shared/thin-pool.ts';
import type { ExecOptions } from '../util/exec.ts';
import type { EngineConfig } from './engine.ts';

const script = `${thinPoolFunctions}${readFileSync(new URL('instance.sh', import.meta.url), 'utf8')}`;

/** Where one daemon on a host is found again, and what it leaves. */
export interface Instance extends Pick<EngineConfig, 'socket' | 'log' | 'shimMark' | 'bridge' | 'thinPool'> {
  directory: string;
}

/** Starts a daemon and waits for its socket. Returns its pid; throws an Error when it ends before, or makes none in 120 s. */
export async function startInstance(remote: Remote, at: Instance, argv: string[], limits: ExecOptions = {}): Promise<number> {
  const started = await remote.exec(
    ['sh', '-c', script, 'instance', 'start', at.log, pidFile(at), at.socket, at.bridge ?? '', at.thinPool ?? '', ...argv],
    { timeoutMs: 120_000, ...limits },
  );
  const pid = Number(started.stdout.trim());
  if (Number.isInteger(pid) && pid > 1) return pid;
  throw new Error(started.timedOut ? 'it made no socket within 120 s' : 'it ended before it made its socket');
}

/** Ends a daemon with its shims and mounts; there may be none. */
export async function stopInstance(remote: Remote, at: Instance): Promise<void> {
  await remote.exec(
    ['sh', '-c', script, 'instance', 'stop', pidFile(at), at.shimMark, at.directory, at.bridge ?? '', at.thinPool ?? ''],
    { timeoutMs: 30_000 },
  );
}

function pidFile({ directory }: Instance): string {
  return `${directory}/engine.pid`;
}
