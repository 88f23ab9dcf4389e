import { readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { markerFile } from '../../hosts/borrowed/examine.ts';
import type { Host } from '../../hosts/host.ts';
import { waitFor } from '../../util/wait.ts';
import { temporary } from '../temporary.ts';
import { forFile } from './for-file.ts';
import { version, why } from './kubelet-artifact.ts';
import { lentHost, lentMachine } from './lent-machine.ts';
import { changes, stateOf } from './machine-state.ts';
import { cleanKilled, podproof } from './podproof.ts';

const { path: directory } = await forFile(temporary());
const kubelet = `/var/lib/podproof/kubelet-${version}`;
/** What is there on the machine from each point on. */
const points = [
  { when: 'the engine starts', there: 'ls /var/lib/podproof/containerd-*/engine.pid' },
  { when: 'the kubelet starts', there: `ls ${kubelet}/engine.pid && ! [ -e /var/lib/kubelet/device-plugins/kubelet.sock ]` },
  { when: 'its device plugin is registered', there: 'ls /var/lib/kubelet/device-plugins/podproof-*.sock' },
  { when: 'its pod runs', there: "find /sys/fs/cgroup/kubepods.slice -name 'cri-containerd-*' | grep ." },
  { when: 'its pods are ended', there: `ls ${kubelet}/staging/begun && ! ls ${kubelet}/manifests/*` },
];

describe.skipIf(why !== '')(`a run before kubelet ${version} on a borrowed machine${why}`, () => {
  let machine: Host;
  beforeAll(async () => {
    machine = await lentMachine(`killed-${process.pid}`, directory);
    const id = (await machine.exec(['cat', '/etc/machine-id'])).stdout.trim();
    await machine.write(markerFile, `${id}\n`);
    await writeFile(join(directory, 'matrix.json'), JSON.stringify(matrix()));
  });
  afterAll(() => machine?.[Symbol.asyncDispose]());

  const there = async (script: string): Promise<boolean> =>
    (await machine.exec(['sh', '-c', `{ ${script}; } >/dev/null 2>&1`])).exitCode === 0;

  /** Whatever is not a file: mounts, control groups, settings of the kernel that a kubelet sets. */
  const traces = async (): Promise<string> => {
    const script = `cut -d' ' -f5 /proc/self/mountinfo | sort
      find /sys/fs/cgroup -type d \\( -name '*kubepods*' -o -name '*cri-containerd*' -o -name '*podproof*' -o -name '*k8s.io*' \\)
      grep . /proc/sys/vm/overcommit_memory /proc/sys/vm/panic_on_oom /proc/sys/kernel/panic /proc/sys/kernel/panic_on_oops /proc/sys/kernel/keys/root_max*
      ip -o link | cut -d: -f2`;
    return (await machine.exec(['sh', '-c', script])).stdout;
  };

  test('leaves nothing behind when it is killed at any of five points and cleaned up after', { timeout: 3_000_000 }, async () => {
    const before = { files: await stateOf(machine), traces: await traces() };
    for (const { when, there: sign } of points) {
      const only = 'scenario=restricted,unhealthy';
      const flags = ['--matrix', join(directory, 'matrix.json'), '--results', join(directory, 'results')];
      const running = podproof([...flags, 'run', '--only', only]);
      let ended: number | undefined;
      void running.then(({ exitCode }) => (ended = exitCode ?? -1));
      await waitFor({ name: `see that ${when}`, timeoutMs: 600_000, intervalMs: 500 }, async () => {
        // Pods end when their manifests have gone again.
        await there(`ls ${kubelet}/manifests/* && touch ${kubelet}/staging/begun`);
        return ended !== undefined || (await there(sign)) ? true : undefined;
      });
      expect(ended, `the run ended before ${when}`).toBeUndefined();
      running.kill('SIGKILL');
      await running;
      await cleanKilled(await readlink(join(directory, 'results/latest')), when);
      expect(await traces(), when).toBe(before.traces);
      // Modules that were loaded stay, with their nodes; a directory that something was in keeps the time of it.
      const changed = changes(before.files, await stateOf(machine));
      expect(
        changed.filter((line) => !/^. \/(dev\/(?!podproof|loop\d{6})|var\/(lib|log) d )/.test(line)),
        when,
      ).toEqual([]);
    }
  });
});

function matrix(): object {
  const deb = (name: string): object => ({ kind: 'deb', suite: 'trixie', packages: [name] });
  const all = { engines: ['*'], runtimes: ['*'], kubelets: ['*'] };
  return {
    hosts: { metal: lentHost(directory) },
    engines: { containerd: [{ version: '1.7.24', source: deb('containerd') }] },
    runtimes: { runc: [{ version: '1.1.15', source: deb('runc') }] },
    kubelet: [{ version, source: { kind: 'path' } }],
    profiles: { quick: { title: 'a kubelet by ssh', hosts: ['metal'], ...all, suites: ['kubelet'] } },
  };
}
