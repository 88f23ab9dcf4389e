import { atCreateOrStart, refused } from '../lib/suite/mod.ts';

/** How Kata's shims refuse devices, by what they say. */
export const noMultifunction = {
  short: 'refused by QEMU 10',
  says: 'the pod is refused: the shim sends a property of device_add as text, which QEMU 10 does not take',
  harm: 'breaks',
  seen: refused(atCreateOrStart, /Invalid parameter type for \\?'multifunction\\?', expected: boolean/),
} as const;

export const noHostPath = {
  short: 'refused: no host path',
  says: 'the pod is refused: the shim looks a node up in /sys/dev that the kernel does not have there',
  harm: 'breaks',
  seen: refused(atCreateOrStart, /get host path failed.{1,20}1: No such file or directory/s),
} as const;
