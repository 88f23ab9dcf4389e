import { z } from 'zod';
import { BlockedError } from '../../util/errors.ts';
import { pairsIn } from '../../util/pairs.ts';
import type { Remote } from '../host.ts';

/**
 * Says that its owner gives this machine away: it holds the machine's own id, so that a copy of the disk does not count.
 * podproof reads it and never writes it.
 */
export const markerFile = '/etc/podproof-disposable';
export const markerCommand = `sudo cp /etc/machine-id ${markerFile}`;

const Answers = z.object({
  uid: z.string(),
  machineId: z.string(),
  marker: z.string(),
  hostname: z.string(),
  missing: z.string(),
});
export type MachineAnswers = z.infer<typeof Answers>;

/** Commands that scripts of ours and the engines need on a machine, with the Debian packages that bring them. */
const commands: Record<string, string> = {
  busybox: 'busybox-static',
  socat: 'socat',
  ip: 'iproute2',
  tar: 'tar',
  perl: 'perl-base',
  awk: 'mawk',
  losetup: 'mount',
  mount: 'mount',
  setsid: 'util-linux',
  sha256sum: 'coreutils',
};

/** Looks at a machine that podproof did not make. Reads only. `root` is another root directory, for tests. */
export async function examine(remote: Remote, root = ''): Promise<MachineAnswers> {
  const argv = ['sh', '-c', examineScript, 'sh', root, ...Object.keys(commands)];
  const { exitCode, stdout, stderr, failure } = await remote.exec(argv);
  if (exitCode !== 0) throw new Error(`it does not answer: ${stderr.trim().split('\n').at(-1) || failure}`);
  return Answers.parse(pairsIn(stdout));
}

const examineScript = `
root=$1
shift
# In one line: more than an id shows that the file is something else.
line() { head -c 200 "$1" 2>/dev/null | tr '\\n' ' '; }
echo "uid=$(id -u)"
echo "machineId=$(line "$root/etc/machine-id")"
echo "marker=$(line "$root${markerFile}")"
echo "hostname=$(uname -n)"
missing=
for command; do command -v "$command" >/dev/null || missing="$missing $command"; done
echo "missing=$missing"
`;

/** Throws BlockedError unless pods may be handed anything that this machine has. `what` names it: "ssh host metal-1". */
export function assertDisposable(
  what: string,
  declared: boolean,
  { machineId, marker }: Pick<MachineAnswers, 'machineId' | 'marker'>,
): void {
  const refuse = (why: string, remedy: string): never => {
    throw new BlockedError(`Refused to use ${what}: ${why}`, { remedy });
  };
  if (!declared)
    refuse(
      'matrix.json does not say that it is disposable',
      'set "disposable": true for this host, if any pod may break the machine',
    );
  if (!/^[0-9a-f]{32}$/.test(machineId))
    refuse('it has no machine id in /etc/machine-id', 'systemd-machine-id-setup on that machine');
  const onlyOwner = `if any pod may break it, run there: ${markerCommand}`;
  if (marker === '') refuse(`its owner has not marked it as disposable: it has no ${markerFile}`, onlyOwner);
  if (marker !== machineId)
    refuse(
      `its ${markerFile} is for another machine: it says ${JSON.stringify(marker.slice(0, 40))}, and /etc/machine-id says "${machineId}"`,
      onlyOwner,
    );
}

/** Throws BlockedError unless we are root there and find the commands that we use. */
export function assertUsable(what: string, { uid, missing }: Pick<MachineAnswers, 'uid' | 'missing'>): void {
  if (uid !== '0')
    throw new BlockedError(`Cannot use ${what}: podproof is user ${uid} there, and engines need root`, {
      remedy: 'log in as root, or run podproof as root',
    });
  const absent = missing.split(' ').filter((word) => word !== '');
  if (absent.length === 0) return;
  const packages = [...new Set(absent.map((command) => commands[command] ?? command))];
  throw new BlockedError(`Cannot use ${what}: it has no ${absent.join(', ')}`, {
    remedy: `apt install ${packages.join(' ')} on that machine`,
  });
}
