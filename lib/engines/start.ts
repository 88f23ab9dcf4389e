import { createHash } from 'node:crypto';
import { criClient, negotiate } from '../cri/client.ts';
import { expectProfile, unloadProfiles } from '../hosts/shared/changes.ts';
import { checksums } from '../hosts/shared/checksums.ts';
import type { Host } from '../hosts/host.ts';
import { BlockedError, messageOf } from '../util/errors.ts';
import { waitFor } from '../util/wait.ts';
import { configurable, type Engine, type EngineConfig, type EngineDriver, type EngineSpec, type Handler } from './engine.ts';
import { inspect } from './inspect.ts';
import { startInstance, stopInstance } from './instance.ts';
import { engineDrivers } from './registry.ts';

export interface StartOptions {
  signal: AbortSignal;
  /** Changes a configuration before it is written: for tests that sabotage a real engine. */
  tamper?: ((config: EngineConfig) => EngineConfig) | undefined;
  /** Called once the CRI answers on `socket`: while the rest is read back, the engine may already be used. */
  onAnswer?: (socket: string, api: Engine['api']) => void;
}

/** Starts a private engine and reads back what became effective. Throws BlockedError with the end of its log. */
export async function startEngine(host: Host, spec: EngineSpec, options: StartOptions): Promise<Engine> {
  const driver = engineDrivers[spec.name];
  const planned = driver.configure(spec);
  const config = options.tamper?.(planned) ?? planned;
  const environment = Object.entries(config.env).map(([name, value]) => `${name}=${value}`);
  const instance = { ...config, directory: spec.directory };
  const stop = async (): Promise<void> => {
    await stopInstance(host, instance);
    if (config.profile !== undefined) await unloadProfiles(host);
  };
  try {
    if (config.profile !== undefined) await expectProfile(host, config.profile);
    await Promise.all(Object.entries(config.files).map(([path, content]) => host.write(path, content)));
    const pid = await startInstance(host, instance, ['env', ...environment, ...config.argv], { signal: options.signal });
    // What the file comes to is printed by a program that runs by then: an emulated host would translate it twice where both start at once.
    const printed = dumpConfig(host, driver, spec, config);
    printed.catch(() => undefined);
    const api = await waitFor(
      { name: `reach the CRI on ${config.socket}`, timeoutMs: 60_000, signal: options.signal },
      (signal) => negotiate(() => host.dial(config.socket), signal),
    );
    options.onAnswer?.(config.socket, api);
    await using client = criClient({ dial: () => host.dial(config.socket), api });
    const version = await client.runtime.version({});
    const { info } = await client.runtime.status({ verbose: true });
    if (driver.configPath !== undefined) {
      info['config'] = await inspect(host, config.socket, driver.configPath, options.signal);
    }
    const dump = await printed;
    const effective = driver.effective({ info, dump }, planned.planned);
    const handlers = configurable(spec);
    const paths = Object.fromEntries(handlers.map((handler) => [handler.name, driver.runtimePath(effective, handler, spec)]));
    const unnamed = handlers.filter(({ name }) => paths[name] === '');
    const dropped = { ...refused(driver, spec), ...(await droppedHandlers(host, driver, unnamed, config.log)) };
    const sums = await checksums(host, [`/proc/${pid}/exe`, ...new Set(Object.values(paths))]);
    return {
      spec,
      config,
      pid,
      reported: { name: version.runtimeName, version: version.runtimeVersion },
      api,
      sha256: sums.get(`/proc/${pid}/exe`) ?? '',
      planned: planned.planned,
      effective,
      ignored: await ignoredKeys(host, driver, config.log),
      dropped,
      runtimes: Object.fromEntries(
        handlers.map(({ name, kata }) => {
          const path = paths[name] ?? '';
          const configuration = kata && { path: kata.configPath, sha256: sha256Of(kata.configuration) };
          return [name, { path, sha256: sums.get(path) ?? '', ...(configuration && { configuration }) }];
        }),
      ),
      remote: host,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    throw await failure(host, `start ${spec.name} ${spec.version}`, error, { log: config.log, stop, signal: options.signal });
  }
}

function refused(driver: EngineDriver, spec: EngineSpec): Record<string, string> {
  return Object.fromEntries(
    spec.handlers.flatMap((handler) => {
      const why = driver.reasonNot?.(spec, handler);
      return why === undefined ? [] : [[handler.name, why]];
    }),
  );
}

/** An engine that drops a handler with a warning would let its pods fail one by one, each for a reason that is not the real one. */
async function droppedHandlers(
  host: Host,
  driver: EngineDriver,
  unnamed: Handler[],
  log: string,
): Promise<Record<string, string>> {
  if (driver.reasonDropped === undefined || unnamed.length === 0) return {};
  const { stdout } = await host.exec(['tail', '-n', '500', log]);
  return Object.fromEntries(
    unnamed.map((handler) => [
      handler.name,
      driver.reasonDropped?.(stdout, handler) ?? `the handler "${handler.name}" is not in its effective configuration`,
    ]),
  );
}

async function dumpConfig(host: Host, driver: EngineDriver, spec: EngineSpec, { files }: EngineConfig): Promise<string> {
  const binary = spec.binaries[spec.name] ?? '';
  const [file = ''] = Object.keys(files);
  if (driver.dump === undefined) return '';
  const { exitCode, stdout, stderr } = await host.exec(driver.dump(binary, file), { timeoutMs: 60_000 });
  if (exitCode !== 0) throw new Error(`it runs with ${file}, and cannot print it: ${stderr.trim()}`);
  return stdout;
}

async function ignoredKeys(host: Host, driver: EngineDriver, log: string): Promise<string[]> {
  const { stdout } = await host.exec(['head', '-n', '200', log]);
  return ignoredIn(stdout, driver);
}

/** The keys that an engine's words say it ignores. */
export function ignoredIn(words: string, { ignoredKey }: EngineDriver): string[] {
  if (ignoredKey === undefined) return [];
  return [...new Set(words.split('\n').flatMap((line) => ignoredKey.exec(line)?.[1]?.replaceAll('"', '') ?? []))];
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Stops a daemon that could not do `what` and tells why, with the end of its log. Throws instead when the run was stopped, and
 * HostLostError when it is the host that failed: a dead one takes no release either.
 */
export async function failure(
  host: Pick<Host, 'id' | 'exec' | 'assertAlive'>,
  what: string,
  error: unknown,
  { log, stop, signal }: { log: string; stop: () => PromiseLike<void>; signal: AbortSignal },
): Promise<BlockedError> {
  const { stdout } = await host.exec(['tail', '-n', '3', '--', log]);
  try {
    await stop();
  } finally {
    signal.throwIfAborted();
    await host.assertAlive();
  }
  const words = stdout.trim().split('\n').join(' | ').slice(-600) || 'it is empty';
  return new BlockedError(`Cannot ${what} on ${host.id}: ${messageOf(error)}; its log ends: ${words}`, { cause: error });
}
