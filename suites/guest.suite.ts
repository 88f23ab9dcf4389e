import {
  atCreateOrStart,
  deviceOf,
  engine,
  feature,
  modeOf,
  opening,
  ownerOf,
  question,
  refused,
  runtime,
  suite,
  userNamespace,
} from '../lib/suite/mod.ts';

const guests = runtime('kata', 'runsc');
const char = { fixture: 'char', at: '/dev/podproof-char' } as const;

export default suite({
  id: 'guest',
  title: 'What becomes in a guest of what a pod asks of its engine',
  scenarios: [
    {
      id: 'user-namespace',
      title: 'pod of user 1000, group 2000 in a user namespace, on a kernel of its own',
      needs: [guests, feature('user-namespaces')],
      pod: { runAsUser: 1000, runAsGroup: 2000, userNamespace: true, devices: [char] },
      attempts: [{ what: 'read', path: char }],
    },
  ],
  questions: [
    question({
      id: 'GUEST-USERNS',
      asks: 'What becomes of a user namespace that a Kata or gVisor pod asks for?',
      on: ['user-namespace'],
      reads: {
        namespace: userNamespace(),
        owner: ownerOf(char.at),
        mode: modeOf(char.at),
        device: deviceOf(char.at),
        read: opening('read', char.at),
      },
      answers: {
        own: {
          short: 'in one',
          says: 'the process is in one, and its device is its own and opens',
          seen: { namespace: 'own', owner: 'asked', mode: 'host', device: 'host', read: 'works' },
        },
        refused: {
          says: 'the pod is refused, as the shim does not tell the engine that it can map the ids of mounts',
          harm: 'breaks',
          seen: refused(['RunPodSandbox', ...atCreateOrStart], /validate OCI runtime features|user ?namespace|idmap/i),
        },
        unexplained: {
          short: 'refused: EINVAL',
          says: 'the pod is refused, with the words “invalid argument” alone',
          harm: 'breaks',
          seen: refused(['RunPodSandbox'], /failed to create shim task: invalid argument$/),
        },
        'not-entered': {
          short: 'refused: not entered',
          says: 'the pod is refused, as runsc cannot enter the namespace that the engine made for it: EINVAL',
          harm: 'breaks',
          seen: refused(['RunPodSandbox'], /error setting namespace of type user .*invalid argument$/),
        },
        'eperm-alone': {
          short: 'refused: EPERM',
          says: 'the pod is refused: its agent fails with EPERM, and says no more',
          harm: 'breaks',
          seen: refused(['RunPodSandbox'], /^CreateContainer failed: EPERM\b/),
        },
        'no-device': {
          says: 'the pod is refused, as the agent binds a device of the guest, which has none at that path',
          harm: 'breaks',
          seen: refused(atCreateOrStart, /Creating container device .*ENOENT/s),
        },
        ignored: {
          says: 'it is ignored: the process is in the first one of its kernel, and its device is its own and opens',
          seen: { namespace: 'first', owner: 'asked', mode: 'host', device: 'host', read: 'works' },
        },
      },
      documented: [
        {
          answer: 'refused',
          where: [engine('containerd'), runtime('kata')],
          citation:
            'containerd v2.3.4 core/runtime/v2/task_manager.go validateRuntimeFeatures; kata-containers 4.1.0: the Go shim has no -info, src/runtime-rs/crates/shim/src/bin/main.rs show_info names no features',
        },
        {
          answer: 'no-device',
          where: [engine('crio'), runtime('kata')],
          citation:
            'cri-o v1.36.3 server/sandbox_run_linux.go asks no runtime; kata-containers 4.1.0 src/agent/rustjail/src/mount.rs bind_dev',
        },
        {
          answer: 'ignored',
          where: [runtime('runsc')],
          citation:
            'gVisor release-20260622.0 runsc/sandbox/sandbox.go createSandboxProcess: the sandbox is in that namespace, its kernel begins with one of its own',
        },
      ],
    }),
  ],
});
