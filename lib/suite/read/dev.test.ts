import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Observation } from '../../model/observation.ts';
import { evidence } from '../../testing/evidence.ts';
import { hostDevices } from './dev.ts';

const recorded = new URL(
  '../../../results/reference/containerd-1.7.24/cells/debian-13/containerd-1.7.24/crun-1.21/observations.ndjson',
  import.meta.url,
);
const pod = readFileSync(recorded, 'utf8')
  .trim()
  .split('\n')
  .map((line) => Observation.parse(JSON.parse(line)))
  .find(({ scenario }) => scenario === 'host-devices-and-own');

it.each(['0:0', '1000:2000'])(
  'who owns /dev/null in a privileged pod of crun, here %s, is no matter of the host’s other devices',
  (owner) => {
    if (pod?.guest === undefined) throw new Error('no such pod was recorded');
    const [uid, gid] = owner.split(':').map(Number);
    const dev = pod.guest.dev.map((node) => (node.path === '/dev/null' ? { ...node, uid: uid ?? -1, gid: gid ?? -1 } : node));
    const seen = hostDevices().read({ ...evidence(), observation: { ...pod, guest: { ...pod.guest, dev } } });
    expect(seen?.word).toBe('unchanged');
  },
);
