import { Code, ConnectError } from '@connectrpc/connect';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ContainerConfig } from '../../cri/gen/cri_pb.js';
import { parseToml } from '../../util/toml.ts';
import { fakeCri, hang, type FakeCri } from '../fake-cri/server.ts';
import { EngineFault } from '../faults/fault.ts';
import { printRows } from '../script-rows.ts';
import { guestRows, standInsIn } from './rows.ts';

const CriTable = z.object({
  plugins: z.object({
    'io.containerd.grpc.v1.cri': z.looseObject({
      device_ownership_from_security_context: z.boolean().optional(),
      containerd: z.looseObject({
        default_runtime_name: z.string().default(''),
        runtimes: z.record(z.string(), z.looseObject({ options: z.looseObject({ BinaryName: z.string().default('') }) })),
      }),
    }),
  }),
});

/**
 * As a program, in place of a containerd: `program.mjs SCRIPT --config FILE`. It serves the CRI at the socket that the configuration
 * names, tells that configuration, leaves the state that runtimes leave, and does what the file of a campaign asks for, once.
 */
const [, , script = '', , config = ''] = process.argv;
const root = process.env['PODPROOF_FAKE_HOST'] ?? '';
const orders = process.env['PODPROOF_FAULT'] ?? '';
const directory = dirname(config);
const table = CriTable.parse(parseToml(readFileSync(config, 'utf8'))).plugins['io.containerd.grpc.v1.cri'];
const socket = join(directory, 'state/c.sock');
mkdirSync(dirname(socket), { recursive: true });

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

/** The handler of each sandbox, and of each container what was asked for and the runtime's program. */
const handlers = new Map<string, string>();
const containers = new Map<string, { asked: ContainerConfig | undefined; runtime: string }>();
const cri: FakeCri = await fakeCri({
  socket,
  before: called,
  runtime: {
    version: () => ({
      version: '0.1.0',
      runtimeName: 'containerd',
      runtimeVersion: `v${/containerd-([\d.]+)/.exec(script)?.[1]}`,
      runtimeApiVersion: 'v1',
    }),
    status: () => ({ info: { config: JSON.stringify(table) } }),
    async runPodSandbox(request, context) {
      const answered = await cri.engine.runtime.runPodSandbox?.(request, context);
      handlers.set(answered?.podSandboxId ?? '', request.runtimeHandler || table.containerd.default_runtime_name);
      // Slower than nothing at all, so that a run can be interrupted.
      await delay(100);
      return answered ?? {};
    },
    async createContainer(request, context) {
      const missing = request.config?.devices.find(({ hostPath }) => hostPath.endsWith('/missing'))?.hostPath;
      if (missing !== undefined)
        throw new ConnectError(
          `failed to generate container "fake" spec: failed to generate spec: lstat ${missing}: no such file or directory`,
          Code.Unknown,
        );
      const answered = await cri.engine.runtime.createContainer?.(request, context);
      const id = answered?.containerId ?? '';
      const runtime = table.containerd.runtimes[handlers.get(request.podSandboxId) ?? '']?.options.BinaryName ?? '';
      containers.set(id, { asked: request.config, runtime });
      const state = join(directory, 'state/oci/k8s.io', id);
      mkdirSync(state, { recursive: true });
      writeFileSync(join(state, runtime.endsWith('/crun') ? 'status' : 'state.json'), '{}');
      return answered ?? {};
    },
    execSync({ containerId, cmd }) {
      const { asked, runtime = '' } = containers.get(containerId) ?? {};
      const odd =
        runtime.endsWith('/crun') && (readFileSync(join(root, 'id'), 'utf8') === 'odd' || runtime.includes('/crun-1.99/'));
      // Devices keep what the host's nodes have where the engine changes no owner.
      const nodes = table.device_ownership_from_security_context === true ? new Map() : standInsIn(root);
      return { stdout: Buffer.from(printRows(guestRows(asked, cmd, { odd, nodes }))), exitCode: 0 };
    },
  },
});
process.on('SIGTERM', () => process.exit(0));
