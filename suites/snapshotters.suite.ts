import {
  atCreateOrStart,
  erofsUtils,
  feature,
  question,
  refused,
  rootFileSystem,
  runtime,
  shim,
  suite,
  vmm,
} from '../lib/suite/mod.ts';

const storage = 'kata-containers 4.1.0 docs/design/architecture/storage.md';
const howTo = 'kata-containers 4.1.0 docs/how-to/how-to-use-kata-containers-with-firecracker.md: devmapper';
const snapshotters = 'containerd v2.3.4 docs/snapshotters';
const processes = runtime('runc', 'crun');
/** Those that share a directory with their guest where the engine gives them one. */
const sharing = vmm('qemu', 'clh', 'dragonball');

/** The Go shim takes a directory for a root on a disk, too, unless its configuration says otherwise. */
const withoutDisks = [runtime('kata >=3.26.0'), shim('go'), vmm('qemu', 'clh')] as const;
const noDisks =
  'kata-containers 3.26.0 src/runtime/Makefile: DEFDISABLEBLOCK := true, the default of disable_block_device_use; storage.md knows nothing of it';

const disk = { says: 'a file system of its own on a disk', seen: { root: 'disk' } } as const;
const shared = { says: 'a directory that the host shares with the guest', seen: { root: 'shared' } } as const;
const notShared = {
  says: 'there is none, and the pod is refused: the VMM shares no directory with its guest',
  harm: 'breaks',
  seen: refused(['RunPodSandbox', ...atCreateOrStart], /failed to mount .*shared\/containers/),
} as const;

export default suite({
  id: 'snapshotters',
  title: 'What the root of a container is made of',
  scenarios: [
    { id: 'overlayfs', title: 'pod, layers in directories', options: { snapshotter: 'overlayfs' }, pod: {} },
    {
      id: 'devmapper',
      title: 'pod, layers on block devices',
      needs: [feature('devmapper-snapshotter')],
      options: { snapshotter: 'devmapper' },
      pod: {},
    },
    {
      id: 'blockfile',
      title: 'pod, layers in block files',
      needs: [feature('blockfile-snapshotter')],
      options: { snapshotter: 'blockfile' },
      pod: {},
    },
    {
      id: 'erofs',
      title: 'pod, layers in images of EROFS',
      needs: [feature('erofs-snapshotter'), erofsUtils],
      options: { snapshotter: 'erofs' },
      pod: {},
    },
  ],
  questions: [
    question({
      id: 'SNAP-OVERLAYFS',
      asks: 'What is the root of a container whose layers are directories?',
      on: ['overlayfs'],
      needs: [runtime('runc', 'crun', 'kata')],
      reads: { root: rootFileSystem() },
      answers: { layers: { says: 'these layers', seen: { root: 'layers' } }, shared, 'not-shared': notShared },
      documented: [
        { answer: 'not-shared', where: [vmm('firecracker')], citation: howTo },
        { answer: 'layers', where: [processes], citation: 'containerd v1.7.24 docs/snapshotters/README.md' },
        { answer: 'shared', where: [sharing], citation: storage },
      ],
    }),
    question({
      id: 'SNAP-DEVMAPPER',
      asks: 'What is the root of a container whose layers are block devices?',
      on: ['devmapper'],
      needs: [runtime('runc', 'crun', 'kata')],
      reads: { root: rootFileSystem() },
      answers: { disk, shared },
      documented: [
        { answer: 'shared', where: withoutDisks, citation: noDisks },
        { answer: 'disk', citation: `containerd v1.7.24 docs/snapshotters/devmapper.md; ${storage}` },
      ],
    }),
    question({
      id: 'SNAP-BLOCKFILE',
      asks: 'What is the root of a container whose layers are block files?',
      on: ['blockfile'],
      needs: [runtime('runc', 'crun', 'kata')],
      reads: { root: rootFileSystem() },
      answers: { disk, shared, 'not-shared': notShared },
      documented: [
        { answer: 'disk', where: [processes], citation: `${snapshotters}/blockfile.md: mounted over a loop device` },
        { answer: 'shared', where: withoutDisks, citation: noDisks },
        {
          answer: 'disk',
          citation: `${snapshotters}/blockfile.md: for containers in a VM, without directories of the host`,
        },
      ],
    }),
    question({
      id: 'SNAP-EROFS',
      asks: 'What is the root of a container whose layers are images of EROFS?',
      on: ['erofs'],
      needs: [runtime('runc', 'crun', 'kata')],
      reads: { root: rootFileSystem() },
      answers: {
        layers: { says: 'these layers, one over the other', seen: { root: 'layers' } },
        shared,
        'not-shared': notShared,
      },
      documented: [
        { answer: 'layers', where: [processes], citation: `${snapshotters}/erofs.md` },
        { answer: 'shared', where: [sharing], citation: storage },
        { answer: 'not-shared', where: [vmm('firecracker')], citation: howTo },
      ],
    }),
  ],
});
