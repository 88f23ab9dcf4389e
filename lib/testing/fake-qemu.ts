import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeaseContext } from '../hosts/host.ts';
import { openLedger } from '../hosts/shared/ledger.ts';
import type { Blueprint } from '../hosts/vm/machine.ts';

/** How the machine fails under KVM; under emulation it always works. */
export type Fault =
  | 'none'
  | 'dies at once'
  | 'says nothing'
  | 'is stopped by an instruction'
  | 'dies after its first line'
  | 'dies while it is restored'
  | 'has no nested virtualization';

/** What QEMU 10.0 said on a machine whose KVM takes no model-specific registers. */
export const assertion =
  "qemu-system-x86_64: target/i386/kvm/kvm.c:3849: kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.";

/** What it said where KVM could not execute an instruction, and the registers that it prints then. */
export const internalError = 'KVM internal error. Suberror: 1\nemulation failure';
const registers = 'RAX=0000000001ad2b90 RBX=0000000004794b64\nR8 =0000000000000001\nES =0000 00000000\nEFER=0000000000000500';

/** A QEMU that speaks QMP, writes a console and moves a state as the real one does, and executes nothing. */
const program = (fault: Fault): string => `#!${process.execPath}
const { appendFileSync, writeFileSync } = require('node:fs');
const argv = process.argv.slice(2);
const after = (option) => argv[argv.indexOf(option) + 1] ?? '';
const kvm = after('-machine').includes('accel=kvm');
const fault = kvm ? ${JSON.stringify(fault)} : 'none';
const incoming = argv.includes('-incoming');
const end = (words) => { process.stderr.write(words + '\\n'); process.kill(process.pid, 'SIGABRT'); };
if (fault === 'dies at once') end(${JSON.stringify(assertion)});
const console = argv.find((each) => each.startsWith('file,id=console')).match(/path=([^,]*)/)[1];
appendFileSync(console, '');
const silent = ['says nothing', 'is stopped by an instruction'].includes(fault);
if (fault === 'is stopped by an instruction') process.stderr.write(${JSON.stringify(`${internalError}\n${registers}\nCode=05 <c4> 42`)} + '\\n');
if (!incoming && !silent) appendFileSync(console, '[    0.000000] Linux version 6.12\\n');
require('node:net').createServer((socket) => {
  const say = (message) => socket.write(JSON.stringify(message) + '\\n');
  const answers = {
    'human-monitor-command': () => 'TCP[HOST_FORWARD]  12  127.0.0.1  2222  10.0.2.15  22',
    'query-cpu-model-expansion': () => {
      if (fault === 'dies after its first line') setTimeout(() => end('qemu-system-x86_64: error: failed to set MSR'), 20);
      return { model: { name: 'host', props: { svm: fault !== 'has no nested virtualization', sse: true } } };
    },
    'query-status': () =>
      fault === 'is stopped by an instruction' ? { running: false, status: 'internal-error' } : { running: true, status: 'running' },
    migrate: ({ uri }) => { writeFileSync(uri.match(/> '?([^']*)/)[1], 'state'); say({ event: 'MIGRATION', data: { status: 'completed' } }); },
    'migrate-incoming': () => fault === 'dies while it is restored' ? end('qemu-system-x86_64: load of migration failed') : say({ event: 'MIGRATION', data: { status: 'completed' } }),
    quit: () => setTimeout(() => process.exit(0), 5),
  };
  say({ QMP: {} });
  socket.on('error', () => undefined);
  socket.on('data', (text) => {
    for (const line of String(text).split('\\n').filter(Boolean)) {
      const { execute, arguments: given, id } = JSON.parse(line);
      say({ return: answers[execute]?.(given) ?? {}, id });
    }
  });
}).listen(after('-qmp').match(/^unix:([^,]*)/)[1]);
`;

/** A machine below `path` whose QEMU fails so under KVM. `environment` belongs into the environment of the process. */
export async function fakeQemu(path: string, fault: Fault) {
  const bin = join(path, 'bin');
  await mkdir(bin);
  const qemu = join(bin, 'qemu-system-x86_64');
  await writeFile(qemu, program(fault));
  await writeFile(join(bin, 'qemu-img'), '#!/bin/sh\nfor last; do :; done\necho disk > "$last"\n');
  for (const name of ['qemu-system-x86_64', 'qemu-img']) await chmod(join(bin, name), 0o755);
  const file = async (name: string): Promise<string> => {
    await writeFile(join(path, name), name);
    return join(path, name);
  };
  const host: Omit<Blueprint, 'accelerator'> = {
    spec: { memoryMiB: 1024, cpus: 1, kernelParameters: [] },
    qemu: { argv: [qemu], build: 'QEMU emulator version 10.0.2', version: '10.0.2', origin: 'installed' },
    image: {
      ...{ directory: path, id: 'trixie-plain-0123456789ab', identityFile: join(path, 'identity') },
      ...{ kernel: await file('vmlinuz'), initrd: await file('initrd'), disk: await file('root.ext4') },
      knownHosts: await file('known_hosts'),
    },
  };
  const logs = join(path, 'logs');
  await mkdir(logs);
  const progress: string[] = [];
  return {
    host,
    progress,
    /** Stands in for /dev/kvm. */
    device: await file('kvm'),
    environment: {
      PATH: `${bin}:${process.env['PATH']}`,
      ...{ XDG_CACHE_HOME: join(path, 'c'), XDG_STATE_HOME: join(path, 's'), XDG_RUNTIME_DIR: join(path, 'r') },
    },
    context: async (): Promise<LeaseContext> => ({
      ...{ ledger: await openLedger('a test'), logs, signal: new AbortController().signal },
      progress: (phase) => void progress.push(phase),
    }),
  };
}
