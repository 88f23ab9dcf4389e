import {
  deviceOf,
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

const kata = runtime('kata');
const char = { fixture: 'char', at: '/dev/podproof-char' } as const;

export default suite({
  id: 'guest',
  title: 'What becomes in a guest of what a pod asks of its engine',
  scenarios: [
    {
      id: 'user-namespace',
      title: 'pod of user 1000, group 2000 in a user namespace, in a VM',
      needs: [kata, feature('user-namespaces')],
      pod: { runAsUser: 1000, runAsGroup: 2000, userNamespace: true, devices: [char] },
      attempts: [{ what: 'read', path: char }],
    },
  ],
  questions: [
    question({
      id: 'GUEST-USERNS',
      asks: 'What becomes of a user namespace that a Kata pod asks for?',
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
          says: 'the process is in one, and its device is its own and opens',
          seen: { namespace: 'own', owner: 'asked', mode: 'host', device: 'host', read: 'works' },
        },
        refused: {
          says: 'the pod is refused, and the message says why',
          seen: refused(['RunPodSandbox', 'CreateContainer'], /user ?namespace|idmap|not supported/i),
        },
        ignored: {
          says: 'it is ignored: the process is in the first one of the guest, and its device is its own and opens',
          seen: { namespace: 'first', owner: 'asked', mode: 'host', device: 'host', read: 'works' },
        },
      },
      documented: [{ answer: 'refused', where: [], citation: 'containerd docs/user-namespaces/README.md' }],
    }),
  ],
});
