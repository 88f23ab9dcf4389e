import { compareVersions } from '../../model/version.ts';
import { qemu as qemuFacts, type VmHost } from './facts.ts';
import { rootLabel, uplinkMac } from '../image/recipe.ts';
import type { Qemu } from './qemu.ts';

export type Accelerator = 'kvm' | 'tcg';

/** Shape of the virtual machine: everything that a snapshot depends on, and no path. */
export interface Machine {
  spec: Pick<VmHost, 'memoryMiB' | 'cpus' | 'kernelParameters'>;
  accelerator: Accelerator;
  qemu: Pick<Qemu, 'version'>;
}

/** Files and sockets of one lease. */
export interface Instance {
  /** Stands in the argv, so that the process can be found after a crash. */
  token: string;
  kernel: string;
  initrd: string;
  /** qcow2 overlay of this lease. */
  disk: string;
  canaryDisk: string;
  plainDisk: string;
  qmpSocket: string;
  console: string;
  /** Whether the state comes from a snapshot by `migrate-incoming`. */
  incoming: boolean;
}

/** The spare PCI network function, for vfio: it leads nowhere, and the guest finds it by its MAC address. */
export const sparePciMac = '52:54:00:70:70:02';
/** Serial numbers by which the guest finds the spare disks: /dev/disk/by-id/virtio-<serial>. */
export const canarySerial = 'podproof-canary';
export const plainSerial = 'podproof-plain';
/** Controller that takes attached artifacts. */
export const artifactBus = 'artifacts';

/**
 * All that QEMU emulates but what makes it slower: string instructions, which a kernel takes for clearing and copying where they
 * are said to be fast, go byte by byte, and a fifth level of page tables is one more to walk for each miss. With the kernel
 * parameter mitigations=off, as there is no speculation to defend against, hosts do the same with an eighth less work
 * (QEMU 10.0.2, the suite `ownership`: 147 s of CPU time, and 130).
 */
const emulatedCpu = 'max,-erms,-fsrm,-la57';

/**
 * What a kernel need not do where each instruction is dear (kernel-parameters.txt); a host's own kernelParameters come after these and
 * win. In turns, 12 runc and crun pods, QEMU 10.0.2: 76 s of CPU time without the last five, 57 s with them.
 */
const ofEmulatedKernel = [
  'mitigations=off',
  // A kernel that a busy machine let wait in the wrong moment ends with "IO-APIC + timer doesn't work!": 2 of some 40 boots beside
  // 15 busy processes.
  'no_timer_check',
  // Timers at the tick of 4 ms: each Go program, and each shim is one, sleeps for 20 µs again and again while it has work, and each
  // time QEMU is interrupted and another process gets the processor, with empty TLBs.
  'highres=off',
  // Nobody is interrupted in the kernel for somebody else to run, with the same end.
  'preempt=none',
  // Debian clears memory that is not given to programs, too, and moves the stack at each system call.
  'init_on_alloc=0',
  'randomize_kstack_offset=off',
  // Who takes a mount or a network namespace away need not wait for the next ticks of all processors.
  'rcupdate.rcu_expedited=1',
];

export function kernelCommandLine(machine: Machine): string {
  // A panic ends QEMU (panic=-1 with -no-reboot), so that a dead host is an event and not a time-out.
  const own = [`root=LABEL=${rootLabel}`, 'rw', 'console=ttyS0', 'panic=-1', 'intel_iommu=on', 'iommu=pt'];
  return [...own, ...(machine.accelerator === 'tcg' ? ofEmulatedKernel : []), ...machine.spec.kernelParameters].join(' ');
}

/**
 * Whether emulated processors can have the interrupt controller that is written to as a register: a guest of two spends less on it
 * than on one in memory, to which it writes for each timer and each call of the other processor.
 */
function offersX2apic(version: string): boolean {
  return compareVersions(version, qemuFacts.emulatesX2apicSince) >= 0;
}

/** A disk that goes with its lease need not survive the machine: engines flush theirs several times for each pod. */
const thrownAway = ['discard=unmap', 'cache.no-flush=on'].flatMap((option) => [option, `file.${option}`]).join(',');

/** QEMU's arguments for a host, without the executable. Paths with commas are doubled, as QEMU splits options at commas. */
export function qemuArguments(machine: Machine, instance: Instance): string[] {
  const { spec, accelerator, qemu } = machine;
  const disk = (name: string, format: string, file: string): string[] => [
    '-blockdev',
    `driver=${format},node-name=${name},file.driver=file,file.filename=${escape(file)},${thrownAway}`,
  ];
  return [
    ...['-name', instance.token],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    // Without the controllers that q35 brings along, as no disk is on them and a boot looks for some on each port.
    // The emulated IOMMU remaps interrupts, which KVM's in-kernel I/O APIC cannot.
    ...['-machine', `q35,sata=off,smbus=off,accel=${accelerator}${accelerator === 'kvm' ? ',kernel-irqchip=split' : ''}`],
    ...['-cpu', accelerator === 'kvm' ? 'host' : emulatedCpu],
    ...['-smp', String(spec.cpus), '-m', `${spec.memoryMiB}M`],
    ...['-kernel', instance.kernel, '-initrd', instance.initrd, '-append', kernelCommandLine(machine)],
    ...['-device', `intel-iommu,intremap=on${accelerator === 'tcg' && offersX2apic(qemu.version) ? ',eim=on' : ''}`],
    // A new id at every restore makes the guest reseed its random numbers, which leases of one snapshot would share.
    ...['-device', 'vmgenid,guid=auto'],
    ...['-device', 'virtio-rng-pci'],
    ...disk('root', 'qcow2', instance.disk),
    ...['-device', 'virtio-blk-pci,drive=root,serial=podproof-root'],
    ...disk('canary', 'raw', instance.canaryDisk),
    ...['-device', `virtio-blk-pci,drive=canary,serial=${canarySerial}`],
    ...disk('plain', 'raw', instance.plainDisk),
    ...['-device', `virtio-blk-pci,drive=plain,serial=${plainSerial}`],
    ...['-device', `virtio-scsi-pci,id=${artifactBus}`],
    ...['-netdev', 'user,id=uplink,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:0-10.0.2.15:22'],
    ...['-device', `virtio-net-pci,netdev=uplink,mac=${uplinkMac},romfile=`],
    ...['-device', `e1000e,addr=08.0,mac=${sparePciMac},romfile=`],
    ...['-chardev', `file,id=console,path=${escape(instance.console)},append=on`, '-serial', 'chardev:console'],
    ...['-qmp', `unix:${escape(instance.qmpSocket)},server=on,wait=off`],
    ...(instance.incoming ? ['-incoming', 'defer'] : []),
  ];
}

function escape(path: string): string {
  return path.replaceAll(',', ',,');
}
