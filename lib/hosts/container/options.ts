import { machineDirectory } from '../borrowed/release.ts';
import { tokenLabel } from './runtime.ts';
import type { CreateOptions } from './runtime.ts';

export interface ContainerPlan {
  image: string;
  token: string;
  run: string;
  /** Character devices of the machine to pass. */
  devices: readonly string[];
  /** Numbers of the two loop devices that the container may make and use; no other block device. */
  loops: readonly [number, number];
  /** What the machine can give; without it a daemon in a restricted container refuses. */
  capabilities: readonly string[];
  /** Whether its owner gives the machine away: only then is the container privileged in the daemon's sense, with every device. */
  disposable: boolean;
}

/** Linux capabilities by number (linux/capability.h); the three newest are parts of CAP_SYS_ADMIN that daemons of 2020 do not know. */
const names = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE'],
  ...['NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO'],
  ...['SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG'],
  ...['MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM'],
  ...['BLOCK_SUSPEND', 'AUDIT_READ'],
];
const withheld = new Set(['SYS_BOOT', 'SYS_MODULE', 'SYS_TIME']);

/**
 * The capabilities that a container host gets, from the bounding set of the machine's first process in hex (/proc/1/status CapBnd):
 * all but those that change the machine's kernel, clock or power. A set without CAP_SYS_ADMIN is that of a container that
 * podproof runs in, and says nothing of the daemon.
 */
export function capabilities(boundingSet: string): string[] {
  const mask = BigInt(`0x${boundingSet}`);
  const has = (number: number): boolean => (mask & (1n << BigInt(number))) !== 0n;
  const known = has(names.indexOf('SYS_ADMIN'));
  return names.filter((name, number) => (!known || has(number)) && !withheld.has(name));
}

/**
 * What the container of a host is created with. It has all that an engine needs, and of the machine's devices only those named:
 * the device cgroup lets neither it nor any pod in it open a disk of the machine, whatever node somebody makes.
 */
export function createOptions(plan: ContainerPlan): CreateOptions {
  const devices = ['/dev/loop-control', ...plan.devices];
  const volume = { Labels: { [tokenLabel]: plan.token }, NoCopy: true, DriverConfig: { Name: 'local', Options: {} } };
  return {
    Hostname: 'podproof',
    Cmd: ['/bin/sh', '-euc', bootScript],
    Labels: { [tokenLabel]: plan.token, 'podproof.run': plan.run },
    HostConfig: {
      NetworkMode: 'none',
      CgroupnsMode: 'private',
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined', 'label=disable'],
      MaskedPaths: [],
      ReadonlyPaths: [],
      Tmpfs: { '/run': 'rw,exec,mode=755' },
      // Overlay file systems cannot have their upper directory on the container's own overlay.
      Mounts: [{ Type: 'volume', Source: '', Target: machineDirectory, VolumeOptions: volume }],
      ...(plan.disposable
        ? { Privileged: true }
        : {
            Privileged: false,
            CapAdd: [...plan.capabilities],
            Devices: devices.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' })),
            // Of the machine's devices: fuse, of which our own nodes are made, tun, which older runtimes allow every pod, and two loops of ours.
            DeviceCgroupRules: ['c 10:229 rwm', 'c 10:200 rwm', ...plan.loops.map((number) => `b 7:${number} rwm`)],
          }),
    },
  };
}

/**
 * Process 1: makes /sys and the container's own cgroups writable, then waits and reaps. With cgroup v2, processes must not live
 * beside the cgroups of pods that get controllers.
 */
const bootScript = `
mkdir -p /run/sshd /run/lock
mount -o remount,rw /sys
cd /sys/fs/cgroup
if [ -e cgroup.controllers ]; then
  mount -o remount,bind,rw /sys/fs/cgroup
  mkdir -p init
  while read -r pid; do echo "$pid" > init/cgroup.procs || :; done < cgroup.procs
  sed 's/^/+/; s/ / +/g' cgroup.controllers > cgroup.subtree_control
else
  for controller in *; do [ -L "$controller" ] || mount -o remount,bind,rw "/sys/fs/cgroup/$controller" || :; done
fi
cd /
trap 'exit 0' TERM
: > /run/podproof-up
while :; do sleep 3600 & wait $! || :; done
`;
