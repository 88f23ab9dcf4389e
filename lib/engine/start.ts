import { readFileSync } from 'node:fs';
import { criClient, negotiate } from '../cri/client.ts';
import type { Host } from '../host/host.ts';
import { BlockedError, messageOf } from '../util/errors.ts';
import type { ExecOptions, ExecResult } from '../util/exec.ts';
import { waitFor } from '../util/wait.ts';
import { containerd } from './containerd.ts';
import { crio } from './crio.ts';
import {
  configurable,
  type Engine,
  type EngineConfig,
  type EngineDriver,
  type EngineSpec,
  type Handler,
  type Scalar,
} from './engine.ts';
import { inspect } from './inspect.ts';

const drivers: Record<EngineSpec['name'], EngineDriver> = { containerd, crio };

const script = readFileSync(new URL('instance.sh', import.meta.url), 'utf8');

export interface StartOptions {
  signal: AbortSignal;
  /** Changes a configuration before it is written: for tests that sabotage a real engine. */
  tamper?: (config: EngineConfig) => EngineConfig;
}

/** Starts a private engine and reads back what became effective. Throws BlockedError with the end of its log. */
export async function startEngine(host: Host, spec: EngineSpec, options: StartOptions): Promise<Engine> {
  const driver = drivers[spec.name];
  const planned = driver.configure(spec);
  const config = options.tamper?.(planned) ?? planned;
  const pidFile = `${spec.directory}/engine.pid`;
  const environment = Object.entries(config.env).map(([name, value]) => `${name}=${value}`);
  const bridge = config.bridge ?? '';
  const instance = (argv: string[], limits: ExecOptions): Promise<ExecResult> =>
    host.exec(['sh', '-c', script, 'instance', ...argv], limits);
  const stop = async (): Promise<void> => {
    await instance(['stop', pidFile, config.shimMark, spec.directory, bridge], { timeoutMs: 30_000 });
  };
  try {
    await Promise.all(Object.entries(config.files).map(([path, content]) => host.write(path, content)));
    const started = await instance(['start', config.log, pidFile, config.socket, bridge, 'env', ...environment, ...config.argv], {
      signal: options.signal,
      timeoutMs: 120_000,
    });
    const pid = Number(started.stdout.trim());
    if (!Number.isInteger(pid) || pid < 2)
      throw new Error(started.timedOut ? 'it made no socket within 120 s' : 'it ended before it made its socket');
    const api = await waitFor(
      { name: `reach the CRI on ${config.socket}`, timeoutMs: 60_000, signal: options.signal },
      (signal) => negotiate(() => host.dial(config.socket), signal),
    );
    await using client = criClient({ dial: () => host.dial(config.socket), api });
    const version = await client.runtime.version({});
    const { info } = await client.runtime.status({ verbose: true });
    if (driver.configPath !== undefined) {
      info['config'] = await inspect(host, config.socket, driver.configPath, options.signal);
    }
    const effective = driver.effective(info, planned.planned);
    const handlers = configurable(spec);
    await refuseDropped(host, driver, config, effective, handlers);
    const paths = Object.fromEntries(handlers.map((handler) => [handler.name, driver.runtimePath(effective, handler)]));
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
    throw new BlockedError(
      `Cannot start ${spec.name} ${spec.version} on ${host.id}: ${messageOf(error)}; its log ends: ${lastWords(log.stdout)}`,
      {
        remedy: `read ${config.log} in the run folder`,
        cause: error,
      },
    );
  }
}

/** An engine that drops a handler with a warning would let its pods fail one by one, each for a reason that is not the real one. */
async function refuseDropped(
  host: Host,
  driver: EngineDriver,
  config: EngineConfig,
  effective: Record<string, Scalar>,
  handlers: Handler[],
): Promise<void> {
  if (driver.whyDropped === undefined) return;
  const dropped = handlers.find((handler) => driver.runtimePath(effective, handler) === '');
  if (dropped === undefined) return;
  const log = await host.exec(['tail', '-n', '500', config.log]);
  throw new Error(
    driver.whyDropped(log.stdout, dropped) ?? `the handler "${dropped.name}" is not in its effective configuration`,
  );
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
