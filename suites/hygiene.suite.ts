import { nothingLeft, suite } from '../lib/suite/mod.ts';

export default suite({
  id: 'hygiene',
  title: 'What is left on the host when a pod is gone',
  scenarios: [
    { id: 'removed', title: 'pod that ran and was removed', pod: { devices: [{ fixture: 'char' }] }, afterRemoval: true },
    { id: 'refused', title: 'pod whose create was refused', pod: { runAsGroup: 2000 }, afterRemoval: true },
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
  ],
});
