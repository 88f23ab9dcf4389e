import { expect, test } from 'vitest';
import { connectRemote } from '../hosts/shared/remote.ts';
import { nodeFacts, parseNodeFacts } from './node-facts.ts';

const spec = { version: '1.37.2', binary: '/kubelet', directory: '/private', cgroupDriver: 'systemd' as const };

test('the facts of a node are those of its host, huge pages in the kubelet’s spelling', () => {
  const lines = [
    ...[
      'memory=3145728000',
      'cgroupVersion=2',
      'swapController=yes',
      'hugePages=hugepages-1048576kB hugepages-2048kB hugepages-64kB',
    ],
    ...['servers=10.0.0.1 10.0.0.2', 'searches=', 'options=ndots:2', 'thermalThrottle='],
  ];
  expect(parseNodeFacts(lines.join('\n'), spec)).toMatchObject({
    version: '1.37.2',
    memory: 3_145_728_000,
    cgroupVersion: 2,
    swapController: true,
    hugePageSizes: ['1GB', '2MB', '64KB'],
    rootDirectory: '/private/root',
    logDirectory: '/private/logs',
    dns: { servers: ['10.0.0.1', '10.0.0.2'], searches: [], options: ['ndots:2'] },
    thermalThrottle: [],
  });
});

test('an answer that is missing is an error', () => {
  expect(() => parseNodeFacts('memory=1', spec)).toThrow('cgroupVersion');
});

test('the script runs on this machine', async () => {
  const facts = await nodeFacts(connectRemote({ prefix: [], quoting: 'none' }), spec);
  expect(facts.memory).toBeGreaterThan(0);
});
