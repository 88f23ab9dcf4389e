import { expect, it } from 'vitest';
import { GuestBoots } from './guest-boots.ts';

it.for([
  ['as long as its shim says, while none has booted', [], undefined],
  ['45 s, where others boot in a few', [7_000, 13_000, 8_000], 45_000],
  ['three times what most took, on a slower host', [20_000, 30_000, 110_000], 90_000],
] as const)('a guest is waited for %s: %j', ([, before, expected]) => {
  const boots = new GuestBoots();
  for (const ms of before) boots.add(ms);
  expect(boots.patienceMs()).toBe(expected);
});
