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

/** Of a VFIO group among the devices of the host. */
export const noPort = {
  short: 'refused: no port',
  says: 'the pod is refused: the group is passed too, and has no hot-plug port',
  harm: 'breaks',
  seen: refused(atCreateOrStart, /hot_plug_vfio= port is not set for device|No available node found for NoPort device/),
} as const;
export const noPortSource = 'kata-containers 4.1.0 src/runtime/pkg/device/drivers/vfio.go:89';
