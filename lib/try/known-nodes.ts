import type { NodeSpec } from './device-spec.ts';

/** What distributions make of a node, where nobody says otherwise: ids as Debian and Ubuntu give them, which differ between hosts. */
const conventions: ReadonlyArray<{ path: RegExp } & Pick<NodeSpec, 'type' | 'gid' | 'mode'>> = [
  { path: /^\/dev\/(fuse|net\/tun|vfio\/vfio|nvidia[\w-]*|infiniband\/(uverbs\d+|rdma_cm))$/, type: 'c', gid: 0, mode: '0666' },
  { path: /^\/dev\/kvm$/, type: 'c', gid: 104, mode: '0660' },
  { path: /^\/dev\/dri\/renderD\d+$/, type: 'c', gid: 105, mode: '0660' },
  { path: /^\/dev\/(dri\/card\d+|video\d+|media\d+|fb\d+)$/, type: 'c', gid: 44, mode: '0660' },
  { path: /^\/dev\/snd\/\w+$/, type: 'c', gid: 29, mode: '0660' },
  { path: /^\/dev\/(tty(S|USB|ACM|AMA|THS)\d+|serial\/by-(id|path)\/[^/]+)$/, type: 'c', gid: 20, mode: '0660' },
  { path: /^\/dev\/bus\/usb\/\d{3}\/\d{3}$/, type: 'c', gid: 0, mode: '0664' },
  {
    path: /^\/dev\/(sd[a-z]+\d*|vd[a-z]+\d*|xvd[a-z]+\d*|nvme\d+n\d+(p\d+)?|mmcblk\d+(p\d+)?|loop\d+|dm-\d+|md\d+|mapper\/[^/]+|rbd\d+)$/,
    type: 'b',
    gid: 6,
    mode: '0660',
  },
];

/** A node at this path as distributions make it; as the kernel makes any other: root's alone. */
export function conventional(path: string): NodeSpec {
  const { type = 'c', gid = 0, mode = '0600' } = conventions.find((each) => each.path.test(path)) ?? {};
  return { path, type, uid: 0, gid, mode };
}

/** Numbers of drivers that any kernel has, so that what is opened there is the real thing (Linux Documentation/admin-guide/devices.txt). */
const numbers: Readonly<Record<string, string>> = {
  '/dev/kvm': '10:232',
  '/dev/fuse': '10:229',
  '/dev/net/tun': '10:200',
  '/dev/vhost-net': '10:238',
  '/dev/vhost-vsock': '10:241',
};

/**
 * What a stand-in is a node of: the driver of the same name, or else for a character device the one of FUSE, which opens for
 * whoever the node lets, and does nothing; and for a block device the spare disk.
 */
export function numbersOf({ path, type }: Pick<NodeSpec, 'path' | 'type'>, spareDisk: string): string {
  return type === 'b' ? spareDisk : (numbers[path] ?? '10:229');
}
