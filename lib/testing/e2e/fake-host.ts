import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { fileSha256 } from '../../artifacts/inventory.ts';
import { fakeCri, type FakeCri } from '../fake-cri/server.ts';
import { fakeFixtures, fakeHostFacts as facts, preparedFixtures } from '../fake-host-facts.ts';
import type { ContainerConfig } from '../../cri/gen/cri_pb.js';
import type { acquireHost } from '../../hosts/registry.ts';
import { spareFixtures } from '../../hosts/shared/fixture-plan.ts';
import type { Connection } from '../../hosts/host.ts';
import { connectRemote } from '../../hosts/shared/remote.ts';
import { canary } from '../../model/fixtures.ts';
import type { ExecResult } from '../../util/exec.ts';
import { listen } from '../../util/listen.ts';
import { Scope } from '../../util/scope.ts';
import { parseToml } from '../../util/toml.ts';
import { FakeKubelet, fakeNodeFacts } from './fake-kubelet.ts';

/** What a worker may run on a fake host: paths lie below $0, the sweep is canned, and nothing of this machine is changed. */
const shim = `
case $1 in
busybox) cat "$0/sweep.json" ;;
socat) exec socat - "UNIX-CONNECT:$0\${3#UNIX-CONNECT:}" ;;
ls) exec ls "$2" -- "$0$4" ;;
env) printf '%s\\n' "$@" ;;
sh|tail|grep|cat) ;;
*) exit 97 ;;
esac`;

/**
 * A host without a machine: its directory is temporary, and its engines speak the real CRI on real sockets. Pods see the
 * devices that they ask for, with the owners that they ask for, but not under crun on the host "odd", nor under crun 1.99. Nothing of it outlives its process.
 */
export const acquireFake: typeof acquireHost = async (id, _, { logs }) => {
  await mkdir(logs, { recursive: true });
  const scope = new Scope();
  const root = await mkdtemp(join(tmpdir(), 'podproof-fake-'));
  scope.onRelease('the directory', () => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, 'sweep.json'), JSON.stringify({ rows: sweepRows() }));
  const connection: Connection = { prefix: ['sh', '-c', shim, root], quoting: 'none' };
  const remote = connectRemote(connection);
  const engines = new Map<string, AsyncDisposable>();
  const kubelets = new Map<string, FakeKubelet>();
  const files = new Map<string, string>();
  const nodes: StandIns = new Map();
  let running = '';

  /** A unix socket of the host that leads to a port of this machine. */
  const serve = async (socket: string, port: number, directory: string): Promise<void> => {
    await mkdir(dirname(join(root, socket)), { recursive: true });
    const server = createServer((from) => {
      const to = connect(port, '127.0.0.1');
      for (const end of [from, to]) end.on('error', () => [from, to].forEach((each) => each.destroy()));
      from.pipe(to).pipe(from);
    });
    engines.set(directory, await listen(server, join(root, socket)));
  };

  const start = async (argv: readonly string[]): Promise<string> => {
    const [, served, port] = /UNIX-LISTEN:([^,]+),\S+ TCP:127\.0\.0\.1:(\d+)/.exec(argv.join(' ')) ?? [];
    if (served !== undefined) {
      await serve(served, Number(port), dirname(argv[6] ?? ''));
      return `${process.pid}\n`;
    }
    if (argv.some((word) => word.startsWith('--root-dir='))) {
      const directory = dirname(argv[6] ?? '');
      const kubelet = await FakeKubelet.start(root, directory);
      engines.set(directory, kubelet);
      kubelets.set(directory, kubelet);
      return `${process.pid}\n`;
    }
    const at = argv.indexOf('--config');
    const [socket = '', file = ''] = [argv[7], argv[at + 1]];
    running = argv[at - 1] ?? '';
    const cri = await fakeEngine({ host: id, root, binary: running, config: files.get(file) ?? '', nodes });
    engines.set(dirname(dirname(socket)), cri);
    await mkdir(dirname(join(root, socket)), { recursive: true });
    await symlink(cri.socket, join(root, socket));
    return `${process.pid}\n`;
  };
  const stop = async (directory: string): Promise<string> => {
    await engines.get(directory)?.[Symbol.asyncDispose]();
    engines.delete(directory);
    kubelets.delete(directory);
    await rm(join(root, directory), { recursive: true, force: true });
    return '';
  };
  scope.onRelease('the engines', async () => {
    for (const directory of [...engines.keys()]) await stop(directory);
  });
  const sums = async (paths: readonly string[]): Promise<string> => {
    const real = (path: string): string => (path.startsWith('/proc/') ? running : path);
    const lines = await Promise.all(paths.map(async (path) => `${await fileSha256(real(path))}  ${path}\n`));
    return lines.join('');
  };

  const answer = async (argv: readonly string[]): Promise<string | undefined> => {
    if (argv[3] === 'instance' && argv[4] === 'start') return start(argv);
    if (argv[3] === 'instance' && argv[4] === 'stop') return stop(argv[7] ?? '');
    if (argv[3] === 'changes' && argv[5] === 'make') {
      for (let at = 6; at < argv.length; at += 5)
        nodes.set(argv[at] ?? '', { owner: argv[at + 3] ?? '', mode: argv[at + 4] ?? '' });
      return '';
    }
    // What a kubelet makes on its node is of no use to a pod that is none.
    if (argv[3] === 'node-objects') return '';
    if (argv[1] === '--version') return 'Kubernetes v1.37.2\n';
    if (argv[0] === 'sh' && argv[2]?.includes('say hugePages') === true) return fakeNodeFacts;
    if (argv[0] === 'mkdir') return '';
    const [kubelet] = kubelets.values();
    if (kubelet !== undefined && argv[0] === 'mv') {
      kubelet.add(argv[2] ?? '', files.get(argv[1] ?? '') ?? '');
      return '';
    }
    if (kubelet !== undefined && argv[0] === 'rm') {
      await kubelet.remove(argv[2] ?? '');
      return '';
    }
    if (kubelet !== undefined && argv[1] === 'wget') return kubelet.pods();
    if (argv[0] === 'sha256sum') return sums(argv.slice(2));
    if (argv.at(-1) === 'dump') return files.get(argv[argv.indexOf('--config') + 1] ?? '');
    if (argv[0] === 'sh' && argv[1] === '-uc') return preparedFixtures;
    return undefined;
  };
  return {
    ...remote,
    id,
    facts,
    fixtures: spareFixtures,
    missingFeatures: {},
    async exec(argv, options): Promise<ExecResult> {
      const stdout = await answer(argv);
      if (stdout === undefined) return remote.exec(argv, options);
      return { argv, exitCode: 0, stdout, stderr: '', timedOut: false, durationMs: 0, failure: '' };
    },
    write: async (path, content) => void files.set(path, String(content)),
    attach: ({ directory }) => Promise.resolve(directory),
    expose: (port) => Promise.resolve(port),
    consoleTail: () => Promise.resolve(''),
    assertAlive: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
};

interface Engine {
  host: string;
  root: string;
  /** Its path tells the version: DIRECTORY/containerd-1.7.24/containerd. */
  binary: string;
  config: string;
  nodes: StandIns;
}

/** Nodes that stand for somebody's own, by their path on the host. */
type StandIns = Map<string, { owner: string; mode: string }>;

/** A containerd at the wire: its configuration is effective as written, and its runtimes leave the state that they leave. */
async function fakeEngine({ host, root, binary, config, nodes }: Engine): Promise<FakeCri> {
  const table = CriTable.parse(parseToml(config)).plugins['io.containerd.grpc.v1.cri'];
  const requests = new Map<string, ContainerConfig>();
  const handlers = new Map<string, string>();
  const cri: FakeCri = await fakeCri({
    runtime: {
      version: () => ({
        version: '0.1.0',
        runtimeName: 'containerd',
        runtimeVersion: `v${/containerd-([\d.]+)/.exec(binary)?.[1]}`,
        runtimeApiVersion: 'v1',
      }),
      status: () => ({ info: { config: JSON.stringify(table) } }),
      async runPodSandbox(request, context) {
        const answered = await cri.engine.runtime.runPodSandbox?.(request, context);
        handlers.set(answered?.podSandboxId ?? '', request.runtimeHandler || (table.containerd.default_runtime_name ?? ''));
        // Slower than nothing at all, so that a run can be interrupted.
        await setTimeout(100);
        return answered ?? {};
      },
      async createContainer(request, context) {
        const answered = await cri.engine.runtime.createContainer?.(request, context);
        const id = answered?.containerId ?? '';
        if (request.config !== undefined) requests.set(id, request.config);
        const handler = handlers.get(request.podSandboxId) ?? '';
        handlers.set(id, handler);
        const { BinaryName = '', Root = '' } = table.containerd.runtimes[handler]?.options ?? {};
        const state = join(root, Root, 'k8s.io', id);
        await mkdir(state, { recursive: true });
        await writeFile(join(state, BinaryName.endsWith('/crun') ? 'status' : 'state.json'), '{}');
        return answered ?? {};
      },
      execSync({ containerId, cmd }) {
        const runtime = table.containerd.runtimes[handlers.get(containerId) ?? '']?.options?.BinaryName ?? '';
        const isOdd = runtime.endsWith('/crun') && (host === 'odd' || runtime.includes('/crun-1.99/'));
        const asked = requests.get(containerId);
        const kept = table.device_ownership_from_security_context !== true;
        const rows =
          asked !== undefined && kept && asked.devices.some(({ hostPath }) => nodes.has(hostPath))
            ? guestOfStandIns(asked, cmd, nodes)
            : guestRows(asked, cmd, isOdd);
        return { stdout: new TextEncoder().encode(JSON.stringify({ rows })), exitCode: 0 };
      },
    },
  });
  return cri;
}

const CriTable = z.object({
  plugins: z.object({
    'io.containerd.grpc.v1.cri': z.looseObject({
      device_ownership_from_security_context: z.boolean().optional(),
      containerd: z.looseObject({
        default_runtime_name: z.string().optional(),
        runtimes: z.record(
          z.string(),
          z.looseObject({
            options: z.looseObject({ BinaryName: z.string().optional(), Root: z.string().optional() }).optional(),
          }),
        ),
      }),
    }),
  }),
});

const node = (path: string, uid: number, gid: number): string[] => [
  'dev',
  '21a0',
  'a',
  'e5',
  String(uid),
  String(gid),
  path,
  `${path}\n`,
];
const boot = ['file', '/proc/sys/kernel/random/boot_id', facts.bootId];

function sweepRows(): string[][] {
  const release = ['file', '/proc/sys/kernel/osrelease', facts.kernel];
  return [release, boot, node(fakeFixtures.char, 1234, 4321), node(fakeFixtures.block, 1234, 4321)];
}

/** The same where devices keep what the host's nodes have: they open for their group, and for everybody where the mode says so. */
function guestOfStandIns(config: ContainerConfig, attempts: readonly string[], nodes: StandIns): string[][] {
  const rows = guestRows(config, [], false).filter(([kind]) => kind !== 'dev');
  const { runAsGroup, supplementalGroups = [] } = config.linux?.securityContext ?? {};
  const groups = [Number(runAsGroup?.value ?? 0), ...supplementalGroups.map(Number)];
  const closed = new Set<string>();
  for (const { hostPath, containerPath } of config.devices) {
    const { owner = '0:0', mode = '0600' } = nodes.get(hostPath) ?? {};
    const [uid = 0, gid = 0] = owner.split(':').map(Number);
    if (!groups.includes(gid) && !mode.endsWith('6')) closed.add(containerPath);
    const raw = (0o020000 | Number.parseInt(mode, 8)).toString(16);
    rows.push(['dev', raw, 'a', 'e5', String(uid), String(gid), containerPath, `${containerPath}\n`]);
  }
  const opens = guestRows(config, attempts, false).filter(([kind]) => kind === 'open');
  rows.push(
    ...opens.map(([kind = '', access = '', path = '', failure = '']) => [
      kind,
      access,
      path,
      closed.has(path) ? 'Permission denied' : failure,
    ]),
  );
  return rows;
}

/** What the probe prints in a pod: the devices that it asked for belong to its user and open, unless the runtime is an odd one. */
function guestRows(config: ContainerConfig | undefined, attempts: readonly string[], odd: boolean): string[][] {
  const context = config?.linux?.securityContext;
  const [uid, gid] = [Number(context?.runAsUser?.value ?? 0), Number(context?.runAsGroup?.value ?? 0)];
  const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:\t0000000000000000`);
  const groups = [gid, ...(context?.supplementalGroups ?? [])].join(' ');
  const ids = [`Uid:${`\t${uid}`.repeat(4)}`, `Gid:${`\t${gid}`.repeat(4)}`, `Groups:\t${groups} `];
  const owner = odd ? [1234, 4321] : [uid || 1234, gid || 4321];
  const devices = (config?.devices ?? []).map(({ containerPath }) => node(containerPath, owner[0] ?? 0, owner[1] ?? 0));
  const given = new Set(config?.devices.map(({ containerPath }) => containerPath));
  const opens = attempts
    .filter((attempt) => /^open:[rw]:/.test(attempt))
    .map((attempt) => {
      const path = attempt.slice('open:r:'.length);
      const failure = !given.has(path) ? 'No such file or directory' : odd ? 'Permission denied' : '';
      return ['open', attempt.startsWith('open:r:') ? 'read' : 'write', path, failure];
    });
  const canaries = attempts
    .filter((attempt) => attempt.startsWith('canary:'))
    .map((attempt) => ['canary', attempt.slice('canary:'.length), ...(odd ? ['Permission denied'] : ['', canary])]);
  const status = ['file', '/proc/self/status', ...ids, ...sets, 'NoNewPrivs:\t0', 'Seccomp:\t2'];
  return [status, ['kernel', facts.kernel], boot, ['processes', '3'], ...devices, ...opens, ...canaries];
}
