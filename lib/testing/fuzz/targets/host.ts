import { parseFacts } from '../../../hosts/shared/read-facts.ts';
import { parsePreflight, questionOf } from '../../../hosts/shared/preflight.ts';
import { problemsOf } from '../../../hosts/shared/preflight-problems.ts';
import { parseFixtures } from '../../../hosts/shared/fixtures.ts';
import { mountPoints } from '../../../hosts/shared/clean.ts';
import { startTimeIn } from '../../../hosts/shared/process-identity.ts';
import { parseHost } from '../../../probe/host-sweep.ts';
import { parseGuest } from '../../../probe/parse.ts';
import { probeScript, sweepArgv } from '../../../probe/script.ts';
import { execOk } from '../../../util/exec.ts';
import { reader, refusing, type Target } from '../target.ts';

const none = { sandboxId: '', containerId: '' };

/** This machine in place of a pod or a host: the scripts only look. */
const probed = async (): Promise<string[]> => [
  await execOk(['busybox', 'sh', '-c', await probeScript(), 'probe', 'a'.repeat(24), 'open:r:/dev/null', 'canary:/dev/zero']),
];
const swept = async (): Promise<string[]> => [await execOk(await sweepArgv({ sandboxId: String(process.pid), containerId: '' }))];

const facts = [
  'kernel=6.12.117+deb13-amd64\nbootId=7c9e6679-7425-40de-944b-e07fc1f90ae7\nos=Debian GNU/Linux 13 (trixie)\narchitecture=x86_64\ncpus=2',
  'memoryKiB=3055600\ncgroup=v2\nlsm=lockdown,capability,landlock\nkvm=0:993 660 kvm\nvhostVsock=yes\nvhostNet=yes\niommuGroups=7',
  'hugepages2MiB=8\nuserNamespaces=yes\nglibc=2.41\n',
].join('\n');
const known = { accelerator: 'tcg', acceleratorReason: 'a test', ownKernel: true, disposable: true, qemu: '10.0' } as const;
const question = questionOf({ memoryMiB: 192, stateMiB: 128, features: ['veth'] }, { disks: 'spare' });
const preflight = [
  ...question.places.flatMap(({ path }) => [`write:${path}=`, `mount:${path}=/`, `free:${path}=1433519 4096`]),
  'memory=2742604\nfeature:overlay=yes\nfeature:fuse=yes\nfeature:veth=no modprobe: FATAL: Module veth not found\n',
].join('\n');
const fixtures = [
  'char=/dev/podproof/char\ndirectory=/dev/podproof/nodes\nblock=/dev/vdb\nblockPlain=/dev/vdc\nvfioGroup=/dev/vfio/7',
  'vfioControl=/dev/vfio/vfio\nvfioAddress=0000:00:08.0\nhugepages=/run/podproof/hugepages\n',
].join('\n');

export const hostTargets: Target[] = [
  reader('probe', probed, (text) => void refusing(/^Cannot read the probe of pod p: /, () => parseGuest(text, 'p'))),
  reader('sweep', swept, (text) => {
    refusing(/^Cannot read the sweep of the host: /, () => parseHost(text, none));
    refusing(/^Cannot read the sweep of the host: /, () => parseHost(text, { sandboxId: 'init', containerId: '1' }));
  }),
  reader(
    'ssh-output',
    [facts, preflight, fixtures, await execOk(['cat', '/proc/self/mountinfo']), await execOk(['cat', '/proc/self/stat'])],
    (text) => {
      refusing(/^Cannot read the facts of the host: /, () => parseFacts(text, known));
      refusing(/^Cannot read how fit the host is: /, () => problemsOf(parsePreflight(text, question), question));
      refusing(/./s, () => parseFixtures(text));
      mountPoints(text);
      startTimeIn(text);
    },
  ),
];
