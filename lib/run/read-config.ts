import { dirname, join } from 'node:path';
import { criClient, negotiate } from '../cri/client.ts';
import { requestFacts } from '../cri/request-facts.ts';
import type { ReadingPlan, Scalar } from '../engines/engine.ts';
import { startInstance, stopInstance } from '../engines/instance.ts';
import { engineDrivers } from '../engines/registry.ts';
import { ignoredIn } from '../engines/start.ts';
import type { Remote } from '../hosts/host.ts';
import { EngineName } from '../model/matrix/matrix.ts';
import type { Interval } from '../model/interval.ts';
import type { CallTiming } from '../model/cri-request.ts';
import type { Observation, ReadConfig } from '../model/observation.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ConfigScenario } from '../suite/scenario.ts';
import { monotonicMs } from '../util/clock.ts';
import { messageOf } from '../util/errors.ts';
import { waitFor } from '../util/wait.ts';
import { failure } from './failure.ts';
import type { WorkerContext } from './worker-context.ts';

/** What the engine answered, whichever way it was asked. */
interface Answer {
  asked: string[];
  outcome: Outcome;
  keys: Record<string, Scalar>;
  words: string;
  /** From when to when the engine's program was at it. */
  at?: Interval;
}

/**
 * Puts a configuration file on the host and asks the engine what it makes of it. Never throws: a failure is an outcome. The
 * time of the engine's program is recorded as a call: as with one of the CRI, nobody but the engine could shorten it.
 */
export async function readConfig(
  context: WorkerContext,
  at: { cell: string; suite: string },
  scenario: ConfigScenario,
  remote: Remote,
): Promise<Observation> {
  const clock = (): number => Math.round(monotonicMs() - context.clockOrigin);
  const startMs = clock();
  const { reads } = scenario;
  const driver = engineDrivers[EngineName.parse(context.lease.engine.name)];
  const { reader } = driver;
  const wanted = reader.wanted(reads.text);
  const directory = join(dirname(context.engine.log), `reading-${scenario.id}`);
  const plan = reader.plan(context.engine.binary, directory, reads);
  const ask = async (): Promise<Answer> => {
    await Promise.all(Object.entries(plan.files).map(([path, text]) => remote.write(path, text)));
    return reads.running === true
      ? await askDaemon({ remote, clock }, plan, directory, (info) => driver.effective({ info, dump: '' }, wanted))
      : await askCommand({ remote, clock }, plan, reader.printed);
  };
  const answer = await ask().catch((error: unknown): Answer => ({ asked: [], outcome: failure(error), keys: {}, words: '' }));
  await remote.exec(['rm', '-rf', '--one-file-system', '--', directory]).catch(() => undefined);
  const config: ReadConfig = {
    text: reads.text,
    ...(reads.beside === undefined ? {} : { beside: reads.beside }),
    asked: answer.asked,
    wanted,
    effective: Object.fromEntries(Object.entries(answer.keys).filter(([key]) => key in wanted)),
    ignored: ignoredIn(answer.words, driver),
  };
  return {
    schema: 1,
    ...at,
    lease: context.lease.lease,
    scenario: scenario.id,
    startMs,
    endMs: clock(),
    outcome: answer.outcome,
    request: requestFacts({ handler: '' }),
    config,
    calls: answer.at === undefined ? [] : [callTiming(answer.asked, answer.at, answer.outcome)],
    engineLog: answer.words.slice(-8_000),
  };
}

/** Exit codes from 126 on are those of a shell or of ssh that could not run it. */
const firstForeignExit = 126;

interface Asking {
  remote: Remote;
  /** Milliseconds since the run started. */
  clock: () => number;
}

async function askCommand(
  { remote, clock }: Asking,
  plan: ReadingPlan,
  printed: (text: string) => Record<string, Scalar>,
): Promise<Answer> {
  const asked = plan.print;
  const from = clock();
  const { exitCode, stdout, stderr, failure: why } = await remote.exec(asked, { timeoutMs: 60_000 });
  const at = { from, to: clock() };
  if (exitCode === 0) return { asked, outcome: { kind: 'ran' }, keys: printed(stdout), words: stderr, at };
  if (exitCode === undefined || exitCode >= firstForeignExit) throw new Error(why ?? stderr);
  return { asked, outcome: refusal(asked, exitCode, stderr), keys: {}, words: stderr, at };
}

async function askDaemon(
  { remote, clock }: Asking,
  { daemon }: ReadingPlan,
  directory: string,
  effective: (info: Record<string, string>) => Record<string, Scalar>,
): Promise<Answer> {
  if (daemon === undefined) throw new Error('Cannot start this engine with a foreign configuration file alone');
  const { argv: asked, socket, log } = daemon;
  const instance = { directory, socket, log, shimMark: socket };
  const from = clock();
  try {
    await startInstance(remote, instance, asked);
    const api = await waitFor({ name: `reach the CRI on ${socket}`, timeoutMs: 60_000 }, (signal) =>
      negotiate(() => remote.dial(socket), signal),
    );
    await using client = criClient({ dial: () => remote.dial(socket), api });
    const { info } = await client.runtime.status({ verbose: true });
    const at = { from, to: clock() };
    return { asked, outcome: { kind: 'ran' }, keys: effective(info), words: await wordsOf(remote, log), at };
  } catch (error) {
    const at = { from, to: clock() };
    const words = await wordsOf(remote, log);
    if (words === '') throw error;
    return { asked, outcome: refusal(asked, 1, `${messageOf(error)}: ${words.trim().split('\n').at(-1)}`), keys: {}, words, at };
  } finally {
    await stopInstance(remote, instance);
  }
}

async function wordsOf(remote: Remote, log: string): Promise<string> {
  return (await remote.exec(['head', '-n', '200', '--', log])).stdout;
}

function refusal(asked: string[], exitCode: number, words: string): Outcome {
  const message = words.trim().split('\n').slice(-3).join(' | ');
  return { kind: 'refused', call: callOf(asked), code: `EXIT_${exitCode}`, message };
}

function callTiming(asked: string[], { from, to }: Interval, outcome: Outcome): CallTiming {
  const timing = { call: callOf(asked), startMs: from, durationMs: to - from };
  return outcome.kind === 'refused' ? { ...timing, error: { code: outcome.code, message: outcome.message } } : timing;
}

/** `containerd config dump`: the program and the words that are no flag, no path. */
function callOf([binary = '', ...rest]: string[]): string {
  return [binary.slice(binary.lastIndexOf('/') + 1), ...rest.filter((word) => /^[a-z]+$/.test(word))].join(' ');
}
