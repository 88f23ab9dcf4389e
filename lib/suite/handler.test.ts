import { expect, test } from 'vitest';
import { boots, variantsOf } from './handler.ts';

test('only Kata has the handlers that are settings of Kata', () => {
  expect(variantsOf('crun')).toEqual(['plain', 'withheld', 'all-allowed']);
  expect(variantsOf('kata')).toEqual(expect.arrayContaining(['plain', 'rootless', 'vfio-in-guest']));
});

test('a machine boots for every handler but the one whose VMM may not have KVM', () => {
  expect(variantsOf('kata').filter((variant) => !boots(variant))).toEqual(['rootless-unbooted']);
  expect(boots()).toBe(true);
});
