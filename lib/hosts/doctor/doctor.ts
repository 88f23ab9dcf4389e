import type { HostFacts } from '../../model/host-facts.ts';
import { reaperImage } from '../container/runtime.ts';
import { findMachine } from './findings.ts';
import type { Findings } from './findings.ts';
import { markerCommand, markerFile } from '../borrowed/examine.ts';
import { compareVersions } from '../../model/version.ts';
import { qemu as qemuFacts } from '../vm/facts.ts';
import type { Qemu } from '../vm/qemu.ts';

/** One thing that podproof needs or can use, what was found, and how to get it. */
export interface Check {
  id: string;
  title: string;
  /** `warn`: works with less; `missing`: something does not run without it. */
  status: 'ok' | 'warn' | 'missing';
  found: string;
  /** What programs said of it, whole. */
  detail?: string;
  /** The exact command or setting. */
  fix?: string;
}

/** What this machine can run, and the fix for each gap. Takes up to 10 s where /dev/kvm hangs. */
export async function examineMachine(signal?: AbortSignal): Promise<Check[]> {
  return judgeMachine(await findMachine(signal));
}

/** What pods on this host can and cannot be tested for. */
export function examineHost(facts: HostFacts): Check[] {
  const { kvm } = facts;
  return [
    check('host-kvm', '/dev/kvm on the host', kvm.present, 'missing', `${kvm.owner} ${kvm.mode} group ${kvm.group}`, {
      otherwise: 'no /dev/kvm: Kata and other VM runtimes cannot start',
      fix: 'modprobe kvm_intel || modprobe kvm_amd on the host; for a host in a VM, enable nested virtualisation outside',
    }),
    check('host-kvm-mode', 'a VMM user gets at /dev/kvm by its group', !kvm.present || kvm.mode === '0660', 'warn', kvm.mode, {
      otherwise: `mode ${kvm.mode} ${kvm.mode.endsWith('6') ? 'lets everybody in and so hides a wrong group' : 'keeps the group out'}`,
      fix: 'chmod 0660 /dev/kvm && chgrp kvm /dev/kvm on the host',
    }),
    check('host-vsock', 'vhost-vsock', facts.vhostVsock, 'missing', '/dev/vhost-vsock', {
      otherwise: 'no /dev/vhost-vsock: Kata cannot reach its agent',
      fix: 'modprobe vhost_vsock on the host',
    }),
    check('host-iommu', 'IOMMU groups for vfio', facts.iommuGroups > 0, 'warn', `${facts.iommuGroups} groups`, {
      otherwise: 'no IOMMU group: vfio scenarios are unsupported',
      fix: 'boot the host with intel_iommu=on iommu=pt (AMD: amd_iommu=on) and IOMMU enabled in the firmware',
    }),
    check('host-hugepages', '2 MiB huge pages', facts.hugepages2MiB > 0, 'warn', `${facts.hugepages2MiB} pages`, {
      otherwise: 'none reserved: the DPDK scenario has no hugepages volume',
      fix: 'sysctl -w vm.nr_hugepages=8 on the host',
    }),
    check('host-userns', 'user namespaces', facts.userNamespaces, 'warn', 'enabled', {
      otherwise: 'disabled: user-namespace pods are unsupported',
      fix: 'sysctl -w user.max_user_namespaces=65536 on the host',
    }),
    check('host-accelerator', 'speed of the host', facts.accelerator !== 'tcg', 'warn', facts.acceleratorReason, {
      otherwise: facts.acceleratorReason,
      fix: 'use a machine with working KVM',
      ...(facts.acceleratorDetail === undefined ? {} : { detail: facts.acceleratorDetail }),
    }),
  ];
}

/** Pure part of `examineMachine`. */
export function judgeMachine(found: Findings): Check[] {
  const { kvm, proof, qemu, tools } = found;
  // A guest that was asked knows better than the module's parameter.
  const nested = proof?.accelerator === 'kvm' ? proof.nested : found.nested;
  const tool = (name: keyof Findings['tools'], title: string, packages: string): Check =>
    check(name, title, tools[name] !== null, 'missing', tools[name] ?? '', {
      otherwise: `${name} is not in the PATH`,
      fix: `apt install ${packages}`,
    });
  return [
    check(
      'kvm-device',
      '/dev/kvm of this machine',
      kvm?.usable === true,
      'warn',
      `${kvm?.owner} ${kvm?.mode} group ${kvm?.group}`,
      {
        otherwise: kvm
          ? `${kvm.owner} ${kvm.mode} group ${kvm.group}: this user may not open it`
          : 'absent: hosts run fully emulated',
        fix: kvm
          ? `${groupMayOpen(kvm) ? '' : 'sudo chgrp kvm /dev/kvm && sudo chmod 0660 /dev/kvm && '}sudo usermod -aG ${groupMayOpen(kvm) ? kvm.group : 'kvm'} "$USER", then log in again`
          : 'modprobe kvm_intel || modprobe kvm_amd; enable virtualisation in the firmware',
      },
    ),
    check('kvm-works', 'the machine of a host runs under KVM', proof?.accelerator === 'kvm', 'warn', proof?.reason ?? '', {
      otherwise: proof?.reason ?? 'not proven, as there is no host image yet',
      ...(proof?.said === undefined ? {} : { detail: proof.said }),
      fix: proof
        ? 'nothing to do for correct results: hosts are emulated, with Kata nested; for speed, use a machine with working KVM'
        : 'podproof fetch --profile quick, or run it',
    }),
    check('kvm-nested', 'nested virtualisation', nested === true, 'warn', 'enabled', {
      otherwise: nested === null ? 'no kvm module is loaded here' : 'disabled: under KVM, hosts would have no /dev/kvm for Kata',
      fix: "echo 'options kvm_intel nested=1' | sudo tee /etc/modprobe.d/kvm-nested.conf (AMD: kvm_amd), then reload the module",
    }),
    check('iommu', 'IOMMU groups of this machine', found.iommuGroups > 0, 'warn', `${found.iommuGroups} groups`, {
      otherwise: 'none; hosts of kind "vm" bring an emulated IOMMU, local and ssh hosts have no vfio',
      fix: 'boot with intel_iommu=on iommu=pt (AMD: amd_iommu=on) if this machine itself is to be a host',
    }),
    check('vsock', 'vhost-vsock of this machine', found.vhostVsock, 'warn', '/dev/vhost-vsock', {
      otherwise: 'absent; needed only where this machine itself, or a container on it, is the host',
      fix: 'sudo modprobe vhost_vsock',
    }),
    check('qemu', 'QEMU for hosts of kind "vm"', qemu !== null && !isAncient(qemu), 'missing', qemu ? qemuText(qemu) : '', {
      otherwise: qemu
        ? `${qemuText(qemu)}, is older than ${qemuFacts.oldest}, which was never tried`
        : 'qemu-system-x86_64 is not in the PATH',
      fix: 'apt install qemu-system-x86 qemu-utils',
    }),
    check(
      'qemu-reliable',
      'steadiness of emulated hosts',
      qemu !== null && qemu.shortcoming === undefined,
      'warn',
      `QEMU ${qemuFacts.reliableSince} or newer`,
      {
        otherwise: qemu ? `before QEMU ${qemuFacts.reliableSince} a host is lost now and then; ${qemu.shortcoming}` : 'no QEMU',
        fix: 'nothing to do for correct results: a lost host is brought back; with a network, podproof fetch gets a newer QEMU where Debian has one',
      },
    ),
    tool('qemu-img', 'disk overlays', 'qemu-utils'),
    tool('mmdebstrap', 'host images', 'mmdebstrap debian-archive-keyring'),
    check('image-build', 'host images can be built by this user', found.buildTrouble === null, 'missing', 'yes, tried', {
      otherwise: `no: ${found.buildTrouble?.reason}`,
      fix: found.buildTrouble?.remedy ?? '',
    }),
    tool('mke2fs', 'file systems of hosts and artifacts', 'e2fsprogs'),
    tool('ssh', 'connection to hosts', 'openssh-client'),
    check('virtiofsd', 'virtiofsd of this machine', tools.virtiofsd !== null, 'warn', tools.virtiofsd ?? '', {
      otherwise: 'absent; needed only where this machine itself is the host, VM hosts have their own',
      fix: 'apt install virtiofsd',
    }),
    check('disk', 'room in the cache directory', found.cacheFreeMiB >= 8_000, 'missing', gibibytes(found.cacheFreeMiB), {
      otherwise: `${gibibytes(found.cacheFreeMiB)} free in ${found.cacheDirectory}; images and snapshots need 8`,
      fix: 'free some space, or set XDG_CACHE_HOME to a bigger disk',
    }),
    check('memory', 'memory for a host', found.memoryFreeMiB >= 4_000, 'missing', gibibytes(found.memoryFreeMiB), {
      otherwise: `${gibibytes(found.memoryFreeMiB)} available; a host takes 3 by default`,
      fix: 'stop something, or lower "memoryMiB" of the host in matrix.json',
    }),
    check(
      'container-runtime',
      'docker or podman for hosts of kind "container"',
      found.containerRuntime !== null,
      'warn',
      found.containerRuntime?.text ?? '',
      {
        otherwise: 'none that this user can talk to',
        fix: 'systemctl --user start podman.socket, or set DOCKER_HOST, or sudo usermod -aG docker "$USER", which is as good as root',
      },
    ),
    check(
      'container-reaper',
      'containers of a killed run are removed at once',
      found.containerRuntime?.reaper === true,
      'warn',
      reaperImage,
      {
        otherwise: `no image ${reaperImage}: they stay until podproof clean`,
        fix: `docker pull ${reaperImage}`,
      },
    ),
    check(
      'disposable',
      'this machine as a host of kind "local", or its devices in containers',
      found.notDisposable === '',
      'warn',
      `given away by ${markerFile}`,
      {
        otherwise: `refused: ${found.notDisposable}`,
        fix: `only if any pod may break this machine: ${markerCommand}`,
      },
    ),
    check('artifacts', 'artifacts of your own', (found.artifacts ?? []).length > 0, 'warn', (found.artifacts ?? []).join(', '), {
      otherwise: found.artifacts ? 'the directory of $PODPROOF_ARTIFACTS is empty' : '$PODPROOF_ARTIFACTS is not set',
      fix: 'export PODPROOF_ARTIFACTS=DIRECTORY with <name>-<version>/ in it, for artifacts of kind "path"',
    }),
  ];
}

function isAncient({ version }: Qemu): boolean {
  return compareVersions(version, qemuFacts.oldest) < 0;
}

function qemuText({ version, origin }: Qemu): string {
  return `${version}, ${origin === 'installed' ? origin : `of ${origin}, unpacked in the cache`}`;
}

function check(
  id: string,
  title: string,
  good: boolean,
  worse: 'warn' | 'missing',
  found: string,
  { otherwise, ...bad }: { otherwise: string; fix: string; detail?: string },
): Check {
  return good ? { id, title, status: 'ok', found } : { id, title, status: worse, found: otherwise, ...bad };
}

/** Whether joining the group is enough, and gives nothing else away: that of root opens far more than one device. */
function groupMayOpen({ mode, group }: NonNullable<Findings['kvm']>): boolean {
  return group !== 'root' && /[67].$/.test(mode);
}

function gibibytes(mebibytes: number): string {
  return `${(mebibytes / 1024).toFixed(1)} GiB`;
}
