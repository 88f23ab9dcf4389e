import { dirname, join } from 'node:path';
import { criClient, negotiate } from '../cri/client.ts';
import { requestFacts } from '../cri/pod-spec.ts';
import type { ReadingPlan, Scalar } from '../engine/engine.ts';
import { startInstance, stopInstance } from '../engine/instance.ts';
import { drivers, ignoredIn } from '../engine/start.ts';
import type { Remote } from '../host/host.ts';
import { EngineName } from '../matrix/model.ts';
import type { Observation, Outcome, ReadConfig } from '../record/observation.ts';
import type { ConfigScenario } from '../suite/scenario.ts';
import { monotonicMs } from '../util/clock.ts';
import { messageOf } from '../util/errors.ts';
import { waitFor } from '../util/wait.ts';
import { failure } from './launch.ts';
import type { WorkerContext } from './worker-context.ts';

/** What the engine answered, whichever way it was asked. */
interface Answer {
  asked: string[];
  outcome: Outcome;
  keys: Record<string, Scalar>;
  words: string;
}

/** Puts a configuration file on the host and asks the engine what it makes of it. Never throws: a failure is an outcome. */
export async function readConfig(
  context: WorkerContext,
  at: { cell: string; suite: string },
  scenario: ConfigScenario,
  remote: Remote,
): Promise<Observation> {
  const clock = (): number => Math.round(monotonicMs() - context.clockOrigin);
  const startMs = clock();
  const { reads } = scenario;
  const name = EngineName.parse(context.lease.engine.name);
  const { reader } = drivers[name];
  const wanted = reader.wanted(reads.text);
  const directory = join(dirname(context.engineLog), `reading-${scenario.id}`);
  const plan = reader.plan(context.engineBinary, directory, reads);
  const ask = async (): Promise<Answer> => {
    await Promise.all(Object.entries(plan.files).map(([path, text]) => remote.write(path, text)));
    return reads.running === true
      ? await askDaemon(remote, plan, directory, wanted)
      : await askCommand(remote, plan, reader.printed);
  };
  const answer = await ask().catch((error: unknown) => ({ asked: [], outcome: failure(error), keys: {}, words: '' }));
  await remote.exec(['rm', '-rf', '--one-file-system', '--', directory]).catch(() => undefined);
  const config: ReadConfig = {
    text: reads.text,
    ...(reads.beside === undefined ? {} : { beside: reads.beside }),
    asked: answer.asked,
    wanted,
    effective: Object.fromEntries(Object.entries(answer.keys).filter(([key]) => key in wanted)),
    ignored: ignoredIn(answer.words, drivers[name]),
  };
  return {
    schema: 1,
    ...at,
    lease: context.lease.lease,
    scenario: scenario.id,
    startMs,
    endMs: clock(),
    outcome: answer.outcome,
    request: requestFacts({ name: '', uid: '', namespace: '', handler: '', image: '' }),
    config,
    calls: [],
    engineLog: answer.words.slice(-8_000),
  };
}

/** Exit codes from 126 on are those of a shell or of ssh that could not run it. */
const firstForeignExit = 126;

async function askCommand(remote: Remote, plan: ReadingPlan, printed: (text: string) => Record<string, Scalar>): Promise<Answer> {
  const asked = plan.print;
  const { exitCode, stdout, stderr, failure: why } = await remote.exec(asked, { timeoutMs: 60_000 });
  if (exitCode === 0) return { asked, outcome: { kind: 'ran' }, keys: printed(stdout), words: stderr };
  if (exitCode === undefined || exitCode >= firstForeignExit) throw new Error(why ?? stderr);
  return { asked, outcome: refusal(asked, exitCode, stderr), keys: {}, words: stderr };
}

async function askDaemon(
  remote: Remote,
  { daemon }: ReadingPlan,
  directory: string,
  wanted: Record<string, Scalar>,
): Promise<Answer> {
  if (daemon === undefined) throw new Error('Cannot start this engine with the file of somebody else alone');
  const { argv: asked, socket, log } = daemon;
  const instance = { directory, socket, log, shimMark: socket };
  try {
    await startInstance(remote, instance, asked);
    const api = await waitFor({ name: `reach the CRI on ${socket}`, timeoutMs: 60_000 }, (signal) =>
      negotiate(() => remote.dial(socket), signal),
    );
    await using client = criClient({ dial: () => remote.dial(socket), api });
    const { info } = await client.runtime.status({ verbose: true });
    return {
      asked,
      outcome: { kind: 'ran' },
      keys: drivers.containerd.effective({ info, dump: '' }, wanted),
      words: await wordsOf(remote, log),
    };
  } catch (error) {
    const words = await wordsOf(remote, log);
    if (words === '') throw error;
    return { asked, outcome: refusal(asked, 1, `${messageOf(error)}: ${words.trim().split('\n').at(-1)}`), keys: {}, words };
  } finally {
    await stopInstance(remote, instance);
  }
}

async function wordsOf(remote: Remote, log: string): Promise<string> {
  return (await remote.exec(['head', '-n', '200', '--', log])).stdout;
}

/** `containerd config dump`: the program and the words that are no flag, no path. */
function refusal(asked: string[], exitCode: number, words: string): Outcome {
  const [binary = '', ...rest] = asked;
  const call = [binary.slice(binary.lastIndexOf('/') + 1), ...rest.filter((word) => /^[a-z]+$/.test(word))].join(' ');
  return { kind: 'refused', call, code: `EXIT_${exitCode}`, message: words.trim().split('\n').slice(-3).join(' | ') };
}
