import { createHash } from 'node:crypto';
import type { DebianSuite, ImageVariant } from './facts.ts';

export interface ImageFile {
  path: string;
  mode: number;
  content: string;
}

/** What a host image is made of: a pure value whose hash names the image in the cache. */
export interface Recipe {
  suite: DebianSuite;
  variant: ImageVariant;
  allowExpiredRelease: boolean;
  packages: readonly string[];
  /** What is left out of the packages, as dpkg's path-exclude has it: nobody reads it there, and a build takes a quarter less. */
  without: readonly string[];
  /** Modules by which the kernel finds its root; an initrd with all of them takes longer to build and, emulated, to unpack. */
  initrdModules: readonly string[];
  files: readonly ImageFile[];
  /** Path → target. */
  links: Readonly<Record<string, string>>;
  diskMiB: number;
}

/** MAC address of the card that ssh comes in by; the image knows its interface by it. */
export const uplinkMac = '52:54:00:70:70:01';
/** Label of the root file system. */
export const rootLabel = 'podproof-root';

const machine = [
  ...['systemd', 'systemd-sysv', 'dbus', 'udev', 'linux-image-amd64', 'initramfs-tools', 'zstd', 'kmod', 'passwd', 'e2fsprogs'],
  ...['openssh-server', 'iproute2', 'iptables', 'nftables', 'socat', 'procps', 'busybox-static', 'pciutils', 'ca-certificates'],
  // Engines load their default profiles by its parser.
  'apparmor',
  // The pod network of user-namespace and Kata pods.
  'containernetworking-plugins',
];

/** Shared libraries that engines, runtimes and conmon link, where their Debian packages are unpacked and not installed. */
const libraries: Record<DebianSuite, readonly string[]> = {
  bookworm: ['libgpgme11', 'libbtrfs0', 'libglib2.0-0'],
  trixie: ['libgpgme11t64', 'libbtrfs0t64', 'libglib2.0-0t64'],
  sid: ['libgpgme45', 'libbtrfs0t64', 'libglib2.0-0t64', 'libblake3-0', 'libjson-c5'],
};
const librariesOfAll = ['libseccomp2', 'libyajl2', 'libcap2', 'libsystemd0', 'libgcrypt20', 'libdevmapper1.02.1'];

/** For containerd's snapshotter erofs, which no containerd of the older suites has. */
const erofs: Record<DebianSuite, readonly string[]> = { bookworm: [], trixie: [], sid: ['erofs-utils'] };

const kata = ['qemu-system-x86', 'virtiofsd', 'ovmf', 'seabios'];
/** Debian 12 ships virtiofsd inside qemu-system-common. */
const kataOfBookworm = kata.filter((name) => name !== 'virtiofsd');

const without = [
  ...['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/lib/udev/hwdb.d/*'],
  // An initrd without udev, which would look at each device before the udev of the system does: its modules are named.
  '/usr/share/initramfs-tools/*/udev',
  ...[
    'sound',
    'drivers/gpu',
    'drivers/media',
    'drivers/net/wireless',
    'drivers/infiniband',
    'drivers/staging',
    'drivers/iio',
  ].map((folder) => `*/lib/modules/*/kernel/${folder}/*`),
];

/** Units that cost boot time or wake up in the middle of a test. */
const masked = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'e2scrub_reap.service'],
  ...['fstrim.timer', 'systemd-tmpfiles-clean.timer', 'systemd-networkd-wait-online.service', 'systemd-firstboot.service'],
  ...['getty@tty1.service', 'serial-getty@ttyS0.service', 'ssh.socket', 'nftables.service', 'apparmor.service'],
  // As long as logind listens, systemd tells the bus of every mount and scope of each pod; and nobody sits at these machines.
  ...['systemd-logind.service', 'systemd-udev-load-credentials.service', 'modprobe@drm.service', 'modprobe@efi_pstore.service'],
];

/** Generators that run at each boot and each daemon-reload, for units that no host of ours has. */
const maskedGenerators = [
  ...['debug', 'getty', 'gpt-auto', 'hibernate-resume', 'rc-local', 'run', 'ssh', 'system-update', 'sysv', 'tpm2'],
].map((name) => `/etc/systemd/system-generators/systemd-${name}-generator`);

export function recipe(suite: DebianSuite, variant: ImageVariant, allowExpiredRelease = false): Recipe {
  const bookworm = suite === 'bookworm';
  return {
    suite,
    variant,
    allowExpiredRelease,
    packages: [
      ...machine,
      ...librariesOfAll,
      ...libraries[suite],
      ...erofs[suite],
      ...(variant === 'plain' ? [] : bookworm ? kataOfBookworm : kata),
    ],
    without,
    initrdModules: ['virtio_pci', 'virtio_blk', 'ext4'],
    files: [...files, sshd(suite)],
    links: Object.fromEntries([
      ...[...masked.map((unit) => `/etc/systemd/system/${unit}`), ...maskedGenerators].map((path) => [path, '/dev/null']),
      ['/etc/systemd/system/multi-user.target.wants/podproof-uplink.service', '../podproof-uplink.service'],
    ]),
    diskMiB: 8192,
  };
}

/** Twelve hex digits over the recipe and the script that puts it together: short enough for a directory name. */
export function recipeHash(value: Recipe, script: string): string {
  return createHash('sha256')
    .update(JSON.stringify([value, script]))
    .digest('hex')
    .slice(0, 12);
}

const file = (path: string, lines: readonly string[], mode = 0o644): ImageFile => ({
  path,
  mode,
  content: `${lines.join('\n')}\n`,
});

const withoutRules = [
  ...['acpi', 'bdi', 'clockevents', 'container', 'cpu', 'event_source', 'leds', 'machinecheck', 'memory', 'node', 'pnp'],
  ...['serial-base', 'thermal', 'wakeup', 'workqueue'],
];

const files: readonly ImageFile[] = [
  file('/etc/hostname', ['podproof']),
  file('/etc/hosts', ['127.0.0.1 localhost podproof', '::1 localhost']),
  // An empty machine id makes systemd ask its first-boot questions on the console.
  file('/etc/machine-id', [createHash('sha256').update('podproof').digest('hex').slice(0, 32)]),
  file('/etc/fstab', [`LABEL=${rootLabel} / ext4 defaults,noatime 0 0`]),
  // Else systemd logs each mount and each scope of a pod.
  file('/etc/systemd/system.conf.d/podproof.conf', ['[Manager]', 'LogLevel=notice']),
  // What no rule of udev is for, and drivers, buses and modules, are most of what it would look at in a boot.
  file('/etc/systemd/system/systemd-udev-trigger.service.d/podproof.conf', [
    '[Service]',
    'ExecStart=',
    `ExecStart=udevadm trigger --type=devices --action=add ${withoutRules.map((name) => `--subsystem-nomatch=${name}`).join(' ')}`,
  ]),
  // The address is QEMU's user network, which has no way out (restrict=on).
  file('/etc/systemd/network/10-podproof-uplink.link', ['[Match]', `MACAddress=${uplinkMac}`, '[Link]', 'Name=uplink0']),
  file('/etc/systemd/system/podproof-uplink.service', [
    '[Unit]',
    'BindsTo=sys-subsystem-net-devices-uplink0.device',
    'After=sys-subsystem-net-devices-uplink0.device',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    'ExecStart=/bin/ip address replace 10.0.2.15/24 dev uplink0',
    'ExecStart=/bin/ip link set uplink0 up',
  ]),
  // Else udev rewrites the MAC of a veth while the CNI bridge plugin checks it, and the pod fails now and then.
  file('/etc/systemd/network/10-podproof-veth.link', [
    '[Match]',
    'Driver=veth',
    '[Link]',
    'MACAddressPolicy=none',
    'NamePolicy=keep',
  ]),
];

/** Without PAM there is no logind session per exec, so nothing but the runtime under test makes /run/user/UID. */
function sshd(suite: DebianSuite): ImageFile {
  return file('/etc/ssh/sshd_config.d/podproof.conf', [
    'HostKey /etc/ssh/podproof_host_key',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    'MaxSessions 1000',
    'MaxStartups 100',
    // OpenSSH 9.8 shuts out for a while who connects and leaves before sshd greets, as we do while a slow machine boots (sshd_config(5)).
    ...(suite === 'bookworm' ? [] : ['PerSourcePenalties no']),
    'SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ]);
}
