import { Code, ConnectError } from '@connectrpc/connect';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { criClient } from '../cri/client.ts';
import { PodSandboxState } from '../cri/gen/cri_pb.js';
import { symptomOf, worthRetry } from '../judge/symptoms.ts';
import { fakeCri, type FakeCri, type FakeCriOptions } from '../testing/fake-cri/server.ts';
import type { Remote } from '../hosts/host.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import { probeScript } from '../probe/script.ts';
import type { CallTiming } from '../model/cri-request.ts';
import { Observation } from '../model/observation.ts';
import type { Scenario } from '../suite/scenario.ts';
import { exec } from '../util/exec.ts';
import { Cohort } from './cohort.ts';
import { GuestBoots } from './guest-boots.ts';
import { launch, type Gone } from './launch.ts';
import { podCgroups } from './pod-cgroup.ts';
import { workerContext } from '../testing/worker.ts';
import type { EngineContext, WorkerContext } from './worker-context.ts';

type Answers = NonNullable<FakeCriOptions['runtime']>;

/** This machine as the host: it is looked at, and nothing is changed. */
const here = only('busybox', 'ls', 'grep', 'tail', 'stat', 'cat');

function only(...programs: string[]): Remote {
  const remote = connectRemote({ prefix: ['env'], quoting: 'none' });
  return {
    ...remote,
    async exec(argv, options) {
      if (!programs.includes(argv[0] ?? '')) throw new Error(`This machine is no host under test: not run: ${argv.join(' ')}`);
      return remote.exec(argv, options);
    },
  };
}

/** The program of the probe image, run on this machine: it only looks. */
const probe: Answers = {
  async execSync({ cmd: [, ...args] }) {
    const { stdout, exitCode } = await exec(['busybox', 'sh', '-c', await probeScript(), 'probe', ...args]);
    return { stdout: Buffer.from(stdout), exitCode: exitCode ?? -1 };
  },
};

/** The same, and what `program` does is said. */
function saying(program: string, said: (argv: readonly string[]) => { exitCode: number; stderr: string }): Remote {
  return {
    ...here,
    async exec(argv, options) {
      if (argv[0] !== program) return here.exec(argv, options);
      const { exitCode, stderr } = said(argv);
      return { argv, exitCode, stdout: '', stderr, timedOut: false, durationMs: 1, failure: stderr };
    },
  };
}

/** One sweep of this machine, given again each time: what other programs do meanwhile leaves no trace. */
function still(): Remote {
  let swept: ReturnType<Remote['exec']> | undefined;
  return {
    ...here,
    exec: (argv, options) => (argv[0] === 'busybox' ? (swept ??= here.exec(argv, options)) : here.exec(argv, options)),
  };
}

interface Setting {
  scenario?: Partial<Scenario>;
  remote?: Remote;
  context?: Partial<WorkerContext>;
  engine?: Partial<EngineContext>;
  cohort?: Cohort<CallTiming>;
}

async function launched(cri: FakeCri, setting: Setting = {}): Promise<Observation> {
  return (await launchedAndGone(cri, setting)).withLogs();
}

async function launchedAndGone(
  cri: FakeCri,
  { scenario, remote = here, context: change, engine, cohort = new Cohort() }: Setting,
): Promise<Gone> {
  const context = workerContext({ socket: cri.socket, ...engine }, change);
  const [cell] = context.cells;
  if (cell === undefined) throw new Error('no cell');
  return launch({
    boots: new GuestBoots(),
    context,
    cell,
    suite: 'identity',
    scenario: { id: 'plain', title: 'pod', pod: {}, ...scenario },
    remote,
    cgroups: podCgroups(remote),
    cohort,
    signal: new AbortController().signal,
    connect: (calls) => criClient({ dial: cri.dial, onCall: (timing) => calls.push(timing) }),
  });
}

const callsOf = ({ calls }: Observation): string[] => calls.map(({ call }) => call);
const never = (words: string) => (): never => {
  throw new ConnectError(words, Code.Unknown);
};

describe('launch of a scenario', () => {
  it('observes the pod and its host, and removes the pod', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const seen = await launched(cri, { scenario: { attempts: [{ what: 'read', path: '/dev/null' }] } });
    expect(Observation.parse(seen)).toEqual(seen);
    expect(seen.replay).toMatchObject({
      sandbox: { metadata: { namespace: 'podproof' }, linux: { security_context: { namespace_options: { network: 2 } } } },
      container: { image: { image: 'localhost:5000/podproof/probe:1' } },
      probe: ['open:r:/dev/null'],
      nodes: [],
    });
    expect(seen).toMatchObject({
      outcome: { kind: 'ran' },
      cell: 'debian-13/containerd-1.7.24/runc-1.1.15',
      lease: 'debian-13/containerd-1.7.24/ownership,cdi',
      identity: { engineName: 'containerd', runtimePath: '/opt/podproof/runc', stateOf: null },
      guest: { opens: [{ path: '/dev/null', access: 'read', error: null }] },
    });
    expect(seen.guest?.bootId).toBe(seen.host?.bootId);
    expect(callsOf(seen).slice(0, 3)).toEqual(['RunPodSandbox', 'CreateContainer', 'StartContainer']);
    expect(callsOf(seen).slice(-2)).toEqual(['StopPodSandbox', 'RemovePodSandbox']);
    expect(cri.engine.sandboxes.size).toBe(0);
    expect(seen).not.toHaveProperty('leftovers');
  });

  it('believes the shim about its runtime where the engine cannot tell', async () => {
    await using cri = await fakeCri({ runtime: probe });
    await using place = await temporary();
    const seen = async (named: string): Promise<Observation['identity']> => {
      await writeFile(join(place.path, 'runtime'), named);
      return (await launched(cri, { engine: { runtimeFile: join(place.path, 'runtime') } })).identity;
    };
    const { path, sha256 } = Object.values(workerContext().engine.runtimes)[0] ?? {};
    expect(await seen(path ?? '')).toMatchObject({ runtimePath: path, runtimeSha256: sha256 });
    expect(await seen('/usr/bin/another')).toMatchObject({ runtimePath: '/usr/bin/another', runtimeSha256: '' });
  });

  it('reads the logs when the pod is gone, so that the next one need not wait for it', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const read: string[] = [];
    const remote: Remote = {
      ...here,
      exec(argv, options) {
        if (argv[0] === 'grep') read.push(`${cri.engine.sandboxes.size} sandboxes`);
        return here.exec(argv, options);
      },
    };
    const { withLogs } = await launchedAndGone(cri, { remote });
    expect(read).toEqual([]);
    await withLogs();
    expect(read).toEqual(['0 sandboxes']);
  });

  it.for([
    ['RunPodSandbox', 'runPodSandbox'],
    ['CreateContainer', 'createContainer'],
    ['StartContainer', 'startContainer'],
  ] as const)('keeps the engine’s words when %s is refused, and removes what there is', async ([call, method]) => {
    await using cri = await fakeCri({ runtime: { [method]: never('EEXIST: File exists') } });
    const seen = await launched(cri);
    expect(seen.outcome).toEqual({ kind: 'refused', call, code: 'UNKNOWN', message: 'EEXIST: File exists' });
    expect(seen.request.handler).toBe('runc-1-1-15');
    expect(seen.identity?.runtimePath).toBe('/opt/podproof/runc');
    expect(seen).not.toHaveProperty('guest');
    expect(seen.calls.find((timing) => timing.call === call)?.error).toEqual({ code: 'UNKNOWN', message: 'EEXIST: File exists' });
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('is an error of ours when the connection breaks, and the pod is removed over another', async () => {
    let broken = false;
    await using cri: FakeCri = await fakeCri({
      runtime: {
        createContainer() {
          broken = true;
          cri.reset();
          throw new ConnectError('the engine was killed', Code.Unknown);
        },
      },
    });
    const seen = await launched(cri);
    expect(broken).toBe(true);
    expect(seen.outcome).toMatchObject({ kind: 'error', message: expect.stringContaining('Cannot complete CreateContainer') });
    expect(seen.calls.find(({ call }) => call === 'CreateContainer')?.error?.code).toBe('UNAVAILABLE');
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('is an error of ours when the engine cannot be reached at all', async () => {
    const cri = await fakeCri();
    await cri[Symbol.asyncDispose]();
    expect((await launched(cri)).outcome).toMatchObject({ kind: 'error', message: expect.stringContaining('ENOENT') });
  });

  it('is an error of ours when the probe says nothing that can be read, and the pod is removed', async () => {
    await using cri = await fakeCri({ runtime: { execSync: () => ({ stdout: Buffer.from('{"rows":'), exitCode: 0 }) } });
    expect((await launched(cri)).outcome).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(/^Cannot read the probe of/),
    });
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('is a lost guest, which is worth another try, when the sandbox ends under the probe', async () => {
    await using cri: FakeCri = await fakeCri({
      runtime: {
        execSync() {
          for (const sandbox of cri.engine.sandboxes.values()) sandbox.state = PodSandboxState.SANDBOX_NOTREADY;
          return { exitCode: 255 };
        },
      },
    });
    const { outcome } = await launched(cri);
    expect(outcome).toMatchObject({ kind: 'refused', call: 'ExecSync' });
    expect(symptomOf(outcome)).toMatch(/^the guest was lost while it was probed/);
    expect(worthRetry(outcome)).toBe(true);
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('ran, although the pod could not be removed: what that leaves is judged by itself', async () => {
    await using cri = await fakeCri({ runtime: { ...probe, removePodSandbox: never('busy') } });
    const seen = await launched(cri);
    expect(seen.outcome).toEqual({ kind: 'ran' });
    expect(seen.guest).toBeDefined();
    expect(seen.calls.at(-1)).toMatchObject({ call: 'RemovePodSandbox', error: { message: 'busy' } });
  });

  it('is an error of ours when the pod ran and the host could not be put back', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const remote = saying('sh', (argv) =>
      argv.includes('undo') ? { exitCode: 1, stderr: 'chmod: Read-only file system' } : { exitCode: 0, stderr: '' },
    );
    const seen = await launched(cri, { scenario: { hostState: { kvm: { owner: 'root:root', mode: '0600' } } }, remote });
    const message = 'Cannot restore what was changed on the host: chmod: Read-only file system';
    expect(seen.outcome).toMatchObject({ kind: 'error', message });
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('sweeps the host before and after where the scenario asks for it, also after a refusal', async () => {
    await using cri = await fakeCri({ runtime: { ...probe } });
    const scenario = { afterRemoval: true };
    expect((await launched(cri, { scenario, remote: still() })).leftovers).toEqual({ runtime: [], ours: [] });
    await using refusing = await fakeCri({ runtime: { createContainer: never('no device') } });
    const seen = await launched(refusing, { scenario, remote: still() });
    expect(seen).toMatchObject({ outcome: { kind: 'refused' }, leftovers: { runtime: [], ours: [] } });
  });

  it('removes both pods of a pair', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const seen = await launched(cri, { scenario: { twin: true } });
    expect(callsOf(seen).filter((call) => call === 'RunPodSandbox')).toHaveLength(2);
    expect(callsOf(seen).filter((call) => call === 'RemovePodSandbox')).toHaveLength(2);
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('reloads the daemon once for two pods of a cohort, when both run, and records it as a call of each', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const runningAt: number[] = [];
    const remote = saying('systemctl', () => {
      runningAt.push(cri.calls.filter(({ call }) => call === 'StartContainer').length);
      return { exitCode: 0, stderr: '' };
    });
    const setting: Setting = { scenario: { meanwhile: 'daemon-reload' }, remote, cohort: new Cohort() };
    const both = await Promise.all([launched(cri, setting), launched(cri, setting)]);
    expect(runningAt).toEqual([2]);
    for (const seen of both) {
      const calls = callsOf(seen);
      expect(calls.indexOf('systemctl daemon-reload')).toBeGreaterThan(calls.indexOf('StartContainer'));
      expect(calls.indexOf('systemctl daemon-reload')).toBeLessThan(calls.indexOf('ExecSync'));
    }
  });

  it('is an error of ours when the daemon was not reloaded', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const remote = saying('systemctl', () => ({ exitCode: 1, stderr: 'no bus\n' }));
    const seen = await launched(cri, { scenario: { meanwhile: 'daemon-reload' }, remote });
    expect(seen.outcome).toMatchObject({ kind: 'error', message: 'Cannot run systemctl daemon-reload: no bus' });
    expect(cri.engine.sandboxes.size).toBe(0);
  });

  it('kills the VMM of its own sandbox and nothing else', async () => {
    await using cri = await fakeCri({ runtime: probe });
    const start = (sandbox: string) =>
      spawn('busybox', ['sh', '-c', 'echo up; read -r line', `sandbox-${sandbox}`], { stdio: ['pipe', 'pipe', 'ignore'] });
    // The fake engine counts its ids.
    const own = start('1'.padStart(64, '0'));
    const other = start('f'.repeat(64));
    try {
      await Promise.all([once(own.stdout, 'data'), once(other.stdout, 'data')]);
      const ended = once(own, 'exit');
      const named = asVmm(only('busybox', 'ls', 'grep', 'sh'), own.pid);
      const seen = await launched(cri, { scenario: { killVmm: true }, remote: named });
      expect(seen.outcome).toEqual({ kind: 'ran' });
      expect(seen.host?.processes.map(({ pid, role }) => ({ pid, role }))).toEqual([{ pid: own.pid, role: 'vmm' }]);
      expect(await ended).toEqual([null, 'SIGKILL']);
      expect(other.exitCode).toBeNull();
    } finally {
      own.kill('SIGKILL');
      other.kill('SIGKILL');
    }
  });

  it('launches nothing when a node of the host could not be changed', async () => {
    await using cri = await fakeCri();
    const context = workerContext({ socket: cri.socket });
    const [cell] = context.cells;
    if (cell?.facts.fixtures === undefined) throw new Error('no cell');
    const absent = { ...cell, facts: { ...cell.facts, fixtures: { ...cell.facts.fixtures, blockPlain: '/nonexistent/disk' } } };
    const scenario = { hostState: { blockPlain: { owner: 'root:root', mode: '0666' } } };
    const seen = await launched(cri, { scenario, remote: only('busybox', 'sh', 'tail'), context: { cells: [absent] } });
    expect(seen.outcome).toMatchObject({ kind: 'error', message: expect.stringContaining('/nonexistent/disk') });
    expect(cri.calls).toEqual([]);
  });
});

/** Lets the sweep see a process of ours as QEMU. */
function asVmm(remote: Remote, pid: number | undefined): Remote {
  return {
    ...remote,
    async exec(argv, options) {
      const result = await remote.exec(argv, options);
      const link = new RegExp(`'/proc/${pid}/exe' -> '[^']*'`);
      return argv[0] === 'busybox'
        ? { ...result, stdout: result.stdout.replace(link, `'/proc/${pid}/exe' -> '/usr/bin/qemu-system-x86_64'`) }
        : result;
    },
  };
}
