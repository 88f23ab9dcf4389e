import { Code, ConnectError } from '@connectrpc/connect';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fakeCri, hang } from '../fake-cri/server.ts';
import type { FakeEngine } from '../fake-cri/engine.ts';
import { probeScript } from '../../probe/script.ts';
import { execOk } from '../../util/exec.ts';
import { parseToml } from '../../util/toml.ts';
import { EngineFault } from './fault.ts';

/**
 * As a program, in place of a containerd: `engine.mjs SCRIPT --config FILE`. It serves the CRI at the socket that the
 * configuration names, tells that configuration (`… config dump` prints it), and does what the file `fault.json` of the campaign asks for, once.
 */
const config = process.argv[process.argv.indexOf('--config') + 1] ?? '';
if (process.argv.includes('dump')) {
  process.stdout.write(readFileSync(config));
  process.exit();
}
const directory = dirname(config);
const root = join(directory, '../..');
const orders = process.env['PODPROOF_FAULT'] ?? '';
const table = parseToml(readFileSync(config, 'utf8'));
const plugins = JSON.stringify((table['plugins'] as Record<string, unknown>)['io.containerd.grpc.v1.cri']);
const socket = join(directory, 'state/c.sock');
mkdirSync(dirname(socket), { recursive: true });

// A machine that dies takes its processes along.
const machine = Number(readFileSync(join(root, 'machine.pid'), 'utf8'));
setInterval(() => existsSync(`/proc/${machine}/exe`) || process.exit(1), 100).unref();

const probed = new Map<string, Promise<string>>();
const probe = (args: string[]): Promise<string> => {
  const key = args.slice(1).join(' ');
  const output = probed.get(key) ?? probeScript().then((script) => execOk(['busybox', 'sh', '-c', script, 'probe', ...args]));
  probed.set(key, output);
  return output;
};

let count = 0;
/** Counts a call; the fault that waits for it happens now, and never again. */
async function called(context: { signal: AbortSignal }): Promise<void> {
  count++;
  if (!existsSync(orders)) return;
  const fault = EngineFault.parse(JSON.parse(readFileSync(orders, 'utf8')));
  if (fault.at > count) return;
  renameSync(orders, `${orders}.done`);
  switch (fault.what) {
    case 'kill podproof':
      process.kill(fault.podproof, 'SIGKILL');
      return hang(context);
    case 'stop podproof':
      process.kill(fault.podproof, 'SIGSTOP');
      setTimeout(() => process.kill(fault.podproof, 'SIGCONT'), 2_000);
      return;
    case 'kill engine':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'stop engine': {
      // Somebody else must wake it up.
      spawn('sh', ['-c', 'sleep 2; kill -CONT "$1"', 'sh', String(process.pid)], { stdio: 'ignore', detached: true }).unref();
      process.kill(process.pid, 'SIGSTOP');
      return;
    }
    case 'hang':
      return hang(context);
    case 'reset':
      cri.reset();
      return;
    case 'garbage':
      cri.garble(randomBytes(4_096));
      return hang(context);
    case 'refuse':
      throw new ConnectError('no space left on device', Code.Unknown);
    case 'flood': {
      const line = Buffer.from(`${'flood '.repeat(150)} ${'1'.padStart(64, '0')}\n`.repeat(1_000));
      for (let written = 0; written < 80 * 1024 ** 2; written += line.length) writeSync(2, line);
      return;
    }
    case 'lose host':
      writeFileSync(join(root, 'lost'), '');
      process.kill(process.pid, 'SIGKILL');
      return;
  }
}

const state = (id: string): string => join(directory, 'state/oci/k8s.io', id);
const cri = await fakeCri({
  socket,
  before: called,
  runtime: {
    version: () => ({
      version: '0.1.0',
      runtimeName: 'containerd',
      runtimeVersion: process.env['PODPROOF_FAKE_VERSION'] ?? '1.7.24',
      runtimeApiVersion: 'v1',
    }),
    status: () => ({ status: { conditions: [] }, info: { config: plugins } }),
    createContainer: (request, context) => {
      const missing = request.config?.devices.find(({ hostPath }) => hostPath.endsWith('/missing'))?.hostPath;
      if (missing !== undefined)
        throw new ConnectError(
          `failed to generate container "fake" spec: failed to generate spec: lstat ${missing}: no such file or directory`,
          Code.Unknown,
        );
      return made(cri.engine).createContainer(request, context);
    },
    startContainer: (request, context) => {
      mkdirSync(state(request.containerId), { recursive: true });
      writeFileSync(join(state(request.containerId), 'state.json'), '{}');
      return made(cri.engine).startContainer(request, context);
    },
    execSync: async ({ cmd: [, ...args] }) => ({ stdout: Buffer.from(await probe(args)), exitCode: 0 }),
  },
});

type Calls = Required<Pick<FakeEngine['runtime'], 'createContainer' | 'startContainer'>>;
function made({ runtime: { createContainer, startContainer } }: FakeEngine): Calls {
  if (createContainer === undefined || startContainer === undefined) throw new Error('The fake engine makes no containers');
  return { createContainer, startContainer };
}

process.on('SIGTERM', () => process.exit(0));
