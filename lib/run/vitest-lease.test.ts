import { Code, ConnectError } from '@connectrpc/connect';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { fakeCri, type FakeCri, type FakeCriOptions } from '../testing/fake-cri/server.ts';
import { cell, lease, planned } from '../testing/evidence.ts';
import { exhibit, judge, type Judgement } from '../judge/judge.ts';
import { probeScript, sweepArgv } from '../probe/script.ts';
import { readRecords } from '../record/ndjson.ts';
import { Observation } from '../model/observation.ts';
import { exec } from '../util/exec.ts';
import { packageRoot } from '../util/paths.ts';
import { catalogFor } from '../verbs/catalog.ts';
import { prepareSuites } from './vitest-lease.ts';
import { workerContext } from '../testing/worker.ts';
import type { Task, WorkerContext } from './worker-context.ts';

/** This machine as the host: it is looked at, and nothing is changed. */
const looking = 'case $1 in busybox|ls|grep|tail|socat) exec "$@";; esac; exit 97';

const probe: NonNullable<FakeCriOptions['runtime']> = {
  async execSync({ cmd: [, ...args] }) {
    const { stdout, exitCode } = await exec(['busybox', 'sh', '-c', await probeScript(), 'probe', ...args]);
    return { stdout: Buffer.from(stdout), exitCode: exitCode ?? -1 };
  },
};

function tasks(suite: string, ...scenarios: string[]): Task[] {
  return scenarios.map((scenario) => ({ cell: cell.id, suite, scenario }));
}

interface Ran {
  /** What began and what was gone, in order. */
  pods: string[];
  /** What the runner heard of, by scenario. */
  heard: string[];
  errors: string[];
  observations: Observation[];
}

async function ran(cri: FakeCri, change: Partial<WorkerContext>, signal?: AbortSignal): Promise<Ran> {
  await using place = await temporary();
  const state = join(place.path, 'state');
  await mkdir(state);
  await writeFile(join(state, 'state.json'), '{}');
  const context = workerContext(
    { socket: cri.socket, runtimeState: state },
    { runFolder: place.path, connection: { prefix: ['sh', '-c', looking, 'sh'], quoting: 'none' }, pods: 1, ...change },
  );
  const heard: string[] = [];
  const onObserved = ({ scenario, outcome }: Observation): void => void heard.push(`${scenario} ${outcome.kind}`);
  const pods: string[] = [];
  const onPod = (pod: string, begun: boolean): void => void pods.push(`${begun ? '+' : '-'}${pod}`);
  await using suites = prepareSuites();
  const errors = await suites.run({ context, signal: signal ?? new AbortController().signal, onObserved, onPod });
  return {
    pods,
    heard,
    errors,
    observations: await readRecords(join(place.path, 'cells', cell.id, 'observations.ndjson'), Observation),
  };
}

/** An engine whose first guests never answer their shim. */
async function silent(guests: number): Promise<FakeCri> {
  let tries = 0;
  const cri: FakeCri = await fakeCri({
    runtime: {
      ...probe,
      runPodSandbox(request, context) {
        if (tries++ < guests) throw new ConnectError('timed out connecting to vsock 1892:1024: unknown', Code.Unknown);
        return cri.engine.runtime.runPodSandbox?.(request, context) ?? {};
      },
    },
  });
  return cri;
}

function judgedPlain(observation: Observation): Judgement {
  const question = catalogFor({ only: '' })
    .suites.flatMap(({ questions }) => questions)
    .find(({ id }) => id === 'ID-RUNTIME');
  if (question === undefined) throw new Error('There is no question ID-RUNTIME');
  return judge(question, exhibit({ cell, lease, observation }, planned), []);
}

function launches(cri: FakeCri): number {
  return cri.calls.filter(({ call }) => call === 'RunPodSandbox').length;
}

describe('suites of one engine lease', () => {
  it('launch a scenario once, however many questions are asked of it, and record it', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const exitCode = process.exitCode;
    const { pods, heard, errors, observations } = await ran(cri, { tasks: tasks('identity', 'plain') });
    expect(errors).toEqual([]);
    expect(pods).toEqual([`+${cell.id} plain`, `-${cell.id} plain`]);
    expect(heard).toEqual(['plain ran']);
    expect(launches(cri)).toBe(1);
    expect(observations).toMatchObject([{ suite: 'identity', scenario: 'plain', outcome: { kind: 'ran' } }]);
    expect(cri.engine.sandboxes.size).toBe(0);
    expect(process.exitCode).toBe(exitCode);
  });

  it('record a pod that is refused, and call it no error of ours', async () => {
    const refuse = (): never => {
      throw new ConnectError('no space left on device', Code.Unknown);
    };
    await using cri = await fakeCri({ runtime: { createContainer: refuse } });
    const { heard, errors, observations } = await ran(cri, { tasks: tasks('identity', 'plain') });
    expect({ heard, errors }).toEqual({ heard: ['plain refused'], errors: [] });
    expect(observations).toMatchObject([{ outcome: { kind: 'refused', message: 'no space left on device' } }]);
  });

  it('launch nothing more once the engine cannot be reached', async () => {
    await using cri: FakeCri = await fakeCri({
      runtime: {
        runPodSandbox() {
          cri.reset();
          throw new ConnectError('the engine was killed', Code.Unknown);
        },
      },
    });
    const scenarios = ['unprivileged', 'withheld', 'sandbox-first'];
    const { heard, errors, observations } = await ran(cri, { tasks: tasks('privileged', ...scenarios) });
    expect(launches(cri)).toBe(1);
    expect(observations).toHaveLength(1);
    expect(observations[0]?.outcome).toMatchObject({ kind: 'error' });
    expect(heard).toEqual(['unprivileged error']);
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error).toContain('Not launched: Cannot complete RunPodSandbox');
  });

  it('launch nothing more once the engine hangs: neither the pod nor a call that needs none has an answer', async () => {
    await using cri = await fakeCri({
      before: () => Promise.reject(new ConnectError('no answer', Code.DeadlineExceeded)),
    });
    const scenarios = ['unprivileged', 'withheld', 'sandbox-first'];
    const { errors, observations } = await ran(cri, { tasks: tasks('privileged', ...scenarios) });
    expect(cri.calls.map(({ call }) => call)).toEqual(['RunPodSandbox', 'ListPodSandbox', 'Version']);
    expect(observations).toHaveLength(1);
    expect(observations[0]?.outcome).toMatchObject({
      kind: 'error',
      message: expect.stringContaining(' hangs: RunPodSandbox had '),
    });
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error).toMatch(/Not launched: \S+ \S+ hangs: /);
  });

  it('try a guest that never answered once more, and record both tries', async () => {
    await using cri = await silent(1);
    const { errors, observations } = await ran(cri, { tasks: tasks('identity', 'plain') });
    expect(errors).toEqual([]);
    expect(observations.map(({ outcome }) => outcome.kind)).toEqual(['refused', 'ran']);
    expect(launches(cri)).toBe(2);
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('try a guest that never answers no third time, and call that no answer of the runtime', async () => {
    await using cri = await silent(3);
    const { heard, observations } = await ran(cri, { tasks: tasks('identity', 'plain') });
    expect(observations.map(({ outcome }) => outcome)).toMatchObject([{ call: 'RunPodSandbox' }, { call: 'RunPodSandbox' }]);
    expect(launches(cri)).toBe(2);
    expect(heard).toEqual(['plain refused']);
    expect(observations.map(judgedPlain).at(-1)).toMatchObject({ verdict: 'error', reason: 'the guest never answered on vsock' });
  });

  it('read configurations after the pods, though these are declared together', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const selected = [...tasks('docs', 'privileged-in-version-2'), ...tasks('privileged', 'unprivileged')];
    const { observations } = await ran(cri, { tasks: selected });
    // A pod's logs are read when its slot is another's, so that it may be recorded later than what started after it.
    const inOrder = observations.toSorted((one, other) => one.startMs - other.startMs);
    expect(inOrder.map(({ scenario }) => scenario)).toEqual(['unprivileged', 'privileged-in-version-2']);
  });

  it('look for leftovers only when pods with networks of their own are gone, though there are slots', async () => {
    await using place = await temporary();
    const swept = join(place.path, 'sweep');
    await writeFile(swept, (await exec(await sweepArgv({ sandboxId: '', containerId: '' }))).stdout);
    // One sweep of this machine, given again each time: what other programs do meanwhile leaves no trace.
    const still = 'case $1 in busybox) exec cat "$0";; ls|grep|tail|socat) exec "$@";; esac; exit 97';
    await using cri = await fakeCri({ runtime: probe });
    const { errors, observations } = await ran(cri, {
      tasks: [...tasks('hygiene', 'removed'), ...tasks('ownership', 'user-namespace', 'user-namespace-mapped')],
      connection: { prefix: ['sh', '-c', still, swept], quoting: 'none' },
      pods: 3,
    });
    expect(errors).toEqual([]);
    expect(observations.map(({ scenario }) => scenario).sort()).toEqual(['removed', 'user-namespace', 'user-namespace-mapped']);
    const calls = cri.calls.map(({ call }) => call).filter((call) => /^(Run|Remove)PodSandbox$/.test(call));
    expect(calls.slice(0, 2)).toEqual(['RunPodSandbox', 'RunPodSandbox']);
    expect(calls.slice(-2)).toEqual(['RunPodSandbox', 'RemovePodSandbox']);
    expect(observations.at(-1)?.scenario).toBe('removed');
  });

  it('launch nothing where there is no task', async () => {
    await using cri = await fakeCri();
    expect(await ran(cri, { tasks: [] })).toEqual({ pods: [], heard: [], errors: [], observations: [] });
    expect(cri.calls).toEqual([]);
  });

  it('leave no listener for signals, though they were made ready and never run', async () => {
    const listeners = (): unknown[] => (['SIGINT', 'SIGTERM'] as const).map((signal) => process.listenerCount(signal));
    const before = listeners();
    await prepareSuites()[Symbol.asyncDispose]();
    expect(listeners()).toEqual(before);
  });

  it('let the process end, though they were dropped before vitest had a worker', async () => {
    const program = `await (await import('./lib/run/vitest-lease.ts')).prepareSuites()[Symbol.asyncDispose]();`;
    const argv = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program];
    expect(await exec(argv, { cwd: packageRoot, timeoutMs: 45_000 })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('end without a pod where the engine never came up', async () => {
    const exitCode = process.exitCode;
    const suites = prepareSuites();
    await suites[Symbol.asyncDispose]();
    expect(process.exitCode).toBe(exitCode);
  });

  it('end with the run that is interrupted', async () => {
    await using cri = await fakeCri();
    const interrupted = AbortSignal.abort(new Error('interrupted'));
    await expect(ran(cri, { tasks: tasks('identity', 'plain') }, interrupted)).rejects.toThrow('interrupted');
    expect(cri.calls).toEqual([]);
  });

  it('take back a pod that waits for its engine when the run is interrupted, and record nothing of it', async () => {
    const run = new AbortController();
    await using place = await temporary();
    await using cri = await fakeCri({
      runtime: {
        ...probe,
        async startContainer(_, { signal }) {
          run.abort(new Error('interrupted'));
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve({})));
        },
      },
    });
    const change = { tasks: tasks('identity', 'plain'), runFolder: place.path };
    await expect(ran(cri, change, run.signal)).rejects.toThrow('interrupted');
    expect(cri.calls.map(({ call }) => call)).toContain('RemovePodSandbox');
    expect(await readdir(place.path)).toEqual([]);
  });
});
