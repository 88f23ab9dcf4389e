import { expect, test } from 'vitest';
import { whyNotOnKernel } from './kernels.ts';

test.each([
  ['runsc', '20240729.0', '6.12.117+deb13-amd64', true],
  ['runsc', '20240729.0', '6.1.0-56-amd64', false],
  ['runsc', '20240807.0', '6.12.117+deb13-amd64', false],
  ['runc', '1.1.15', '6.12.117+deb13-amd64', false],
])('%s %s on Linux %s is refused: %s', (name, version, kernel, refused) => {
  const why = whyNotOnKernel({ name, version }, kernel);
  if (!refused) expect(why).toBeUndefined();
  else expect(why).toMatch(/^runsc 20240729\.0 takes every network namespace .*; the host has 6\.12\.117\+deb13-amd64$/);
});
