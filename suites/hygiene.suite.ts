import { hostNode, nothingLeft, suite } from '../lib/suite/mod.ts';

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
  rules: [
    {
      id: 'HYG-RUNTIME',
      title: 'Engine and runtime leave no process, mount, network namespace, state or user',
      citation: 'CRI api.proto, RemovePodSandbox: removes the sandbox and all its containers',
      on: ['removed', 'refused'],
      expect: nothingLeft('runtime'),
    },
    {
      id: 'HYG-OURS',
      title: 'podproof leaves nothing of its own',
      citation: 'podproof README, Safety',
      on: ['removed', 'refused'],
      expect: nothingLeft('ours'),
    },
    {
      id: 'HYG-HOST-NULL',
      title: 'A runtime gives standard streams to the pod’s user, and never the host’s own /dev/null with them',
      citation: 'https://github.com/containers/crun/issues/1845; https://github.com/opencontainers/runc/pull/3707',
      on: ['host-null'],
      expect: hostNode('/dev/null', { uid: 0, gid: 0, mode: '0666' }),
    },
  ],
});
