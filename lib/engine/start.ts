import { readFileSync } from 'node:fs';
import { criClient, negotiate } from '../cri/client.ts';
import type { Host } from '../host/host.ts';
import { BlockedError, messageOf } from '../util/errors.ts';
import { waitFor } from '../util/wait.ts';
import { containerd } from './containerd.ts';
import type { Engine, EngineConfig, EngineDriver, EngineSpec } from './engine.ts';

const drivers: Partial<Record<EngineSpec['name'], EngineDriver>> = { containerd };

const script = readFileSync(new URL('instance.sh', import.meta.url), 'utf8');

/** The configuration of an engine family, without a host. Throws BlockedError for a family that has no driver. */
export function driverOf(spec: Pick<EngineSpec, 'name'>): EngineDriver {
  const driver = drivers[spec.name];
  if (driver === undefined) throw new BlockedError(`Cannot start ${spec.name}: this version of podproof has no driver for it`);
  return driver;
}

export interface StartOptions {
  signal: AbortSignal;
  /** Changes a configuration before it is written: for tests that sabotage a real engine. */
  tamper?: (config: EngineConfig) => EngineConfig;
}

/** Starts a private engine and reads back what became effective. Throws BlockedError with the end of its log. */
export async function startEngine(host: Host, spec: EngineSpec, options: StartOptions): Promise<Engine> {
  const driver = driverOf(spec);
  const planned = driver.configure(spec);
  const config = options.tamper?.(planned) ?? planned;
  const pidFile = `${spec.directory}/engine.pid`;
  const stop = async (): Promise<void> => {
    await host.exec(['sh', '-c', script, 'instance', 'stop', pidFile, config.shimMark, spec.directory], { timeoutMs: 30_000 });
  };
  try {
    await Promise.all(Object.entries(config.files).map(([path, content]) => host.write(path, content)));
    const started = await host.exec(
      ['sh', '-c', script, 'instance', 'start', config.log, pidFile, config.socket, config.env['PATH'] ?? '', ...config.argv],
      { signal: options.signal, timeoutMs: 120_000 },
    );
    const pid = Number(started.stdout.trim());
    if (!Number.isInteger(pid) || pid < 2) throw new Error(started.timedOut ? 'it made no socket within 120 s' : 'it ended before it made its socket');
    const api = await waitFor({ name: `reach the CRI on ${config.socket}`, timeoutMs: 60_000, signal: options.signal }, (signal) =>
      negotiate(() => host.dial(config.socket), signal),
    );
    await using client = criClient({ dial: () => host.dial(config.socket), api });
    const version = await client.runtime.version({});
    const status = await client.runtime.status({ verbose: true });
    const effective = driver.effective(status.info, planned.planned);
    const paths = Object.fromEntries(spec.handlers.map((handler) => [handler.name, driver.runtimePath(effective, handler)]));
    const sums = await sha256(host, [`/proc/${pid}/exe`, ...new Set(Object.values(paths))]);
    return {
      spec,
      config,
      pid,
      reported: { name: version.runtimeName, version: version.runtimeVersion },
      api,
      sha256: sums.get(`/proc/${pid}/exe`) ?? '',
      planned: planned.planned,
      effective,
      runtimes: Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, { path, sha256: sums.get(path) ?? '' }])),
      remote: host,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    const log = await host.exec(['tail', '-n', '5', config.log]);
    await stop();
    options.signal.throwIfAborted();
    await host.assertAlive();
    throw new BlockedError(`Cannot start ${spec.name} ${spec.version} on ${host.id}: ${messageOf(error)}; its log ends: ${lastWords(log.stdout)}`, {
      remedy: `read ${config.log} in the run folder`,
      cause: error,
    });
  }
}

/** Checksums of files on the host, by path; a path that cannot be read is left out. */
async function sha256(host: Host, paths: string[]): Promise<Map<string, string>> {
  const result = await host.exec(['sha256sum', '--', ...paths.filter((path) => path.startsWith('/'))]);
  return new Map(
    result.stdout.split('\n').flatMap((line) => {
      const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
      return match?.[1] !== undefined && match[2] !== undefined ? [[match[2], match[1]] as const] : [];
    }),
  );
}

function lastWords(log: string): string {
  return log.trim().split('\n').slice(-3).join(' | ').slice(-600) || 'it is empty';
}
