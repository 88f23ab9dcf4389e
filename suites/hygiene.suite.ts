import { hostNode, leftovers, question, suite } from '../lib/suite/mod.ts';

export default suite({
  id: 'hygiene',
  title: 'What is left on the host when a pod is gone',
  scenarios: [
    { id: 'removed', title: 'pod that ran and was removed', pod: { devices: [{ fixture: 'char' }] }, afterRemoval: true },
    { id: 'refused', title: 'pod whose create was refused', pod: { runAsGroup: 2000 }, afterRemoval: true },
    {
      id: 'host-null',
      title: 'pod of user 1845 that is entered, /dev/null of the host root:root 0666',
      hostState: { null: { owner: 'root:root', mode: '0666' } },
      pod: { runAsUser: 1845, runAsGroup: 1845 },
    },
  ],
  questions: [
    question({
      id: 'HYG-RUNTIME',
      asks: 'What do engine and runtime leave of a pod that is gone?',
      on: ['removed', 'refused'],
      reads: { left: leftovers('runtime') },
      answers: { nothing: { says: 'nothing: no process, mount, network namespace, state or user', seen: { left: 'nothing' } } },
      documented: { nothing: 'CRI api.proto, RemovePodSandbox: removes the sandbox and all its containers' },
    }),
    question({
      id: 'HYG-OURS',
      asks: 'What does podproof leave of its own?',
      on: ['removed', 'refused'],
      reads: { left: leftovers('ours') },
      answers: { nothing: { says: 'nothing', seen: { left: 'nothing' } } },
      documented: { nothing: 'podproof README, Safety' },
    }),
    question({
      id: 'HYG-HOST-NULL',
      asks: 'Does the host’s own /dev/null stay as it is when a pod of another user is entered?',
      on: ['host-null'],
      reads: { node: hostNode('/dev/null', '0666') },
      answers: {
        kept: { short: 'yes', says: 'yes: root:root 0666', seen: { node: 'as it was' } },
        'given-away': {
          short: 'no: given away',
          says: 'no: it belongs to the pod’s user',
          harm: 'weakens',
          seen: { node: 'given away' },
        },
        opened: { short: 'no: 0777', says: 'no: its mode is 0777', harm: 'weakens', seen: { node: 'opened' } },
        'given-away-and-opened': {
          short: 'no: given away, 0777',
          says: 'no: it belongs to the pod’s user, and its mode is 0777',
          harm: 'weakens',
          seen: { node: 'given away and opened' },
        },
      },
      documented: { kept: 'https://github.com/containers/crun/issues/1845; https://github.com/opencontainers/runc/pull/3707' },
    }),
  ],
});
