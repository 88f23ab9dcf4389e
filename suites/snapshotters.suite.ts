import { atCreateOrStart, feature, question, refused, rootFileSystem, runtime, suite, vmm } from '../lib/suite/mod.ts';

const storage = 'kata-containers 4.1.0 docs/design/architecture/storage.md';
const howTo = 'kata-containers 4.1.0 docs/how-to/how-to-use-kata-containers-with-firecracker.md: devmapper';
const processes = runtime('runc', 'crun');
/** Those that share a directory with their guest where the engine gives them one. */
const sharing = vmm('qemu', 'clh', 'dragonball');

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
  ],
  questions: [
    question({
      id: 'SNAP-OVERLAYFS',
      asks: 'What is the root of a container whose layers are directories?',
      on: ['overlayfs'],
      needs: [runtime('runc', 'crun', 'kata')],
      reads: { root: rootFileSystem() },
      answers: {
        layers: { says: 'these layers', seen: { root: 'layers' } },
        shared: { says: 'a directory that the host shares with the guest', seen: { root: 'shared' } },
        'not-shared': {
          says: 'there is none, and the pod is refused: the VMM shares no directory with its guest',
          harm: 'breaks',
          seen: refused(['RunPodSandbox', ...atCreateOrStart], /failed to mount .*shared\/containers/),
        },
      },
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
      answers: {
        disk: { says: 'a file system of its own on a disk', seen: { root: 'disk' } },
        shared: { says: 'a directory that the host shares with the guest', seen: { root: 'shared' } },
      },
      documented: [{ answer: 'disk', where: [], citation: `containerd v1.7.24 docs/snapshotters/devmapper.md; ${storage}` }],
    }),
  ],
});
