import {
  atCreateOrStart,
  deviceOf,
  disposableHost,
  guestDisks,
  jailDevices,
  leftOfVm,
  modeOf,
  opening,
  ownerOf,
  ownKernel,
  question,
  refused,
  runtime,
  suite,
  vmm,
  vmmCapabilities,
  vmmCgroup,
  vmmNamespaces,
  vmmRoot,
  vmmUser,
} from '../lib/suite/mod.ts';
import { noHostPath } from './refusals.ts';

const source = 'kata-containers 4.1.0 src/runtime/virtcontainers/fc.go';
const howTo = 'kata-containers 4.1.0 docs/how-to/how-to-run-rootless-vmm.md:34';
const jailer = 'https://github.com/firecracker-microvm/firecracker/blob/v1.12.1/docs/jailer.md';
const firecracker = [runtime('kata'), vmm('firecracker')];
const disk = { fixture: 'blockPlain' } as const;

const jailed = { needs: firecracker, handler: 'withheld' as const, pod: {} };

export default suite({
  id: 'firecracker',
  title: 'What confines Firecracker, with its jailer and without',
  scenarios: [
    { id: 'jailed', title: 'pod, jailer on, as the template has it', ...jailed, afterRemoval: true },
    { id: 'unjailed', title: 'pod, jailer off', needs: firecracker, handler: 'unjailed', pod: {}, afterRemoval: true },
    { id: 'killed', title: 'pod whose VMM is killed, jailer on', ...jailed, killVmm: true, afterRemoval: true },
    {
      id: 'disk',
      title: 'pod with a disk, jailer on',
      ...jailed,
      pod: { devices: [{ ...disk, at: '/dev/podproof-disk' }] },
      attempts: [{ what: 'read', path: disk }],
    },
    {
      id: 'host-devices',
      title: 'privileged pod, host devices passed, jailer on',
      needs: [...firecracker, ownKernel, disposableHost],
      hostState: { spareFunction: 'released' },
      pod: { privileged: true },
    },
  ],
  questions: [
    question({
      id: 'FC-USER',
      asks: 'Who runs Firecracker, and with which capabilities?',
      on: ['jailed', 'unjailed'],
      reads: { user: vmmUser(), holds: vmmCapabilities() },
      answers: {
        root: { says: 'root, with every capability', harm: 'weakens', seen: { user: 'root', holds: 'some' } },
        'root-without-capabilities': { says: 'root, without capabilities', seen: { user: 'root', holds: 'none' } },
        'own-account': { says: 'an account of its own, without capabilities', seen: { user: 'own account', holds: 'none' } },
      },
      documented: [
        {
          answer: 'own-account',
          on: ['jailed'],
          citation: `${howTo}: “you can use jailer to run the VMM process with a non-root user”`,
        },
        { answer: 'root', citation: `${source} fcInit` },
      ],
    }),
    question({
      id: 'FC-ROOT',
      asks: 'What does Firecracker see of the host’s files?',
      on: ['jailed', 'unjailed'],
      reads: { root: vmmRoot() },
      answers: {
        jail: { short: 'its jail', says: 'the directory that its jailer made, and nothing else', seen: { root: 'jail' } },
        host: { short: 'all of them', says: 'all of them', harm: 'weakens', seen: { root: 'host' } },
      },
      documented: [
        { answer: 'jail', on: ['jailed'], citation: jailer },
        { answer: 'host', citation: `${source} fcInit: no chroot without the jailer` },
      ],
    }),
    question({
      id: 'FC-NAMESPACES',
      asks: 'Which namespaces of its own has Firecracker?',
      on: ['jailed', 'unjailed'],
      reads: { namespaces: vmmNamespaces() },
      answers: {
        both: { says: 'mounts and network', seen: { namespaces: 'mounts and network' } },
        network: { says: 'network', seen: { namespaces: 'network' } },
        none: { says: 'none', harm: 'weakens', seen: { namespaces: ['none', 'mounts'] } },
      },
      documented: { both: `${source} StartVM, in the mount namespace of its shim` },
    }),
    question({
      id: 'FC-CGROUP',
      asks: 'In which cgroup is Firecracker?',
      on: ['jailed', 'unjailed'],
      reads: { cgroup: vmmCgroup() },
      answers: {
        sandbox: { short: 'its own', says: 'one of its sandbox', seen: { cgroup: 'of the sandbox' } },
        others: { short: 'a shared one', says: 'one that other processes share', harm: 'weakens', seen: { cgroup: 'of others' } },
      },
      documented: { sandbox: 'kata-containers 4.1.0 docs/design/host-cgroups.md' },
    }),
    question({
      id: 'FC-JAIL-DEVICES',
      asks: 'Whose are the device nodes that Firecracker’s jailer makes?',
      on: ['jailed'],
      reads: { devices: jailDevices() },
      answers: {
        root: { says: 'root’s alone, as the VMM is root', seen: { devices: 'of root alone' } },
        'open-to-others': { says: 'root’s, and others may open them', harm: 'weakens', seen: { devices: 'open to others' } },
      },
      documented: { root: `${jailer}: /dev/kvm, /dev/net/tun and others, of --uid and --gid` },
    }),
    question({
      id: 'FC-GUEST-DISKS',
      asks: 'Which disks does the guest of Firecracker have?',
      on: ['jailed'],
      reads: { disks: guestDisks() },
      answers: {
        pool: {
          short: 'image and pool',
          says: 'its image, and drives of the pool that containers and devices are put into',
          seen: { disks: 'image and pool' },
        },
      },
      documented: {
        pool: `${source} createDiskPool, src/runtime-rs/crates/hypervisor/src/firecracker/fc_api.rs: Firecracker plugs no drive while it runs`,
      },
    }),
    question({
      id: 'FC-DISK',
      asks: 'What becomes of a disk that a pod in Firecracker is given?',
      on: ['disk'],
      reads: { device: deviceOf(disk), owner: ownerOf(disk), mode: modeOf(disk), read: opening('read', disk) },
      answers: {
        reads: {
          short: 'opens',
          says: 'it is a disk of the guest, with the host’s owner and mode, and reading it works',
          seen: { device: 'guest', owner: 'host', mode: 'host', read: 'works' },
        },
      },
      documented: { reads: `${source} hotplugBlockDevice` },
    }),
    question({
      id: 'FC-HOST-DEVICES',
      asks: 'What becomes of a privileged pod in Firecracker that the host’s devices are passed to?',
      on: ['host-devices'],
      reads: { devices: jailDevices() },
      answers: {
        'no-drive': {
          short: 'refused: no drive',
          says: 'the pod is refused: Firecracker is told of a drive that its pool does not have',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /\[PATCH \/drives\/\{drive_id\}\]\[400\]/),
        },
        'no-host-path': noHostPath,
        runs: { says: 'it runs', seen: { devices: ['none', 'of root alone', 'open to others'] } },
      },
      documented: { runs: 'kata-containers 4.1.0 docs/how-to/privileged.md: not supported, and not refused' },
    }),
    question({
      id: 'FC-LEFTOVERS',
      asks: 'What is left of a Firecracker sandbox 30 s after it is gone?',
      on: ['jailed', 'unjailed', 'killed'],
      reads: { left: leftOfVm() },
      answers: {
        nothing: { says: 'nothing: VMM, jail and mounts are gone', seen: { left: 'nothing' } },
        directory: { says: 'its directory below /run/vc', seen: { left: 'directory' } },
        vmm: { says: 'the VMM itself, which goes on running', harm: 'weakens', seen: { left: 'vmm' } },
      },
      documented: { nothing: `${source} cleanupJail` },
    }),
  ],
});
