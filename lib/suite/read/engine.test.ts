import { expect, it } from 'vitest';
import { evidence } from '../../testing/evidence.ts';
import { leftovers } from './engine.ts';

const ofShim = `/run/vc/sbs/${'ab'.repeat(32)}`;

it.for<[string, string[]]>([
  ['nothing', []],
  ['shim directory', [ofShim]],
  ['directory', ['/run/user/1000/run']],
  ['directory', [ofShim, '/run/user/1000/run']],
  ['account', [ofShim, 'user kata-7 (1000)', '/run/user/1000/run']],
  ['other', [ofShim, 'process 12 qemu-system-x86 (vmm, start 99)']],
  ['other', ['/run/vc/sbs/somebody-else']],
])('what a pod leaves is %s where that is %j', ([word, runtime]) => {
  expect(leftovers('runtime').read(evidence((observation) => (observation.leftovers = { runtime, ours: [] })))?.word).toBe(word);
});
