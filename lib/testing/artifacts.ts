import { ustarHeader } from '../probe/image/tar.ts';

/** One member of a crafted archive. `type` is the ustar type flag: 0 file, 1 hard link, 2 link, 3 and 4 devices, 5 directory, 6 fifo. */
export interface Member {
  path: string;
  type?: string;
  target?: string;
  mode?: number;
  content?: string | Buffer;
  /** Claimed size, where it shall differ from the content's. */
  size?: number;
}

/** A ustar archive, as hostile as its members: nothing is checked. */
export function craftTar(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ path, type = '0', target = '', mode = 0o755, content = '', size }) => {
    const body = Buffer.from(content);
    return [
      ustarHeader({ path, type, mode, target, size: size ?? body.length }),
      body,
      Buffer.alloc((512 - (body.length % 512)) % 512),
    ];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A little-endian ELF with a loader, libraries and the glibc versions it asks for. */
export function craftElf(options: { machine?: number; libraries?: string[]; versions?: string[] } = {}): Buffer {
  const { machine = 0x3e, libraries = [], versions = [] } = options;
  const strings: string[] = [''];
  const offsets = [...libraries, ...versions].map((name) => {
    const at = strings.reduce((sum, each) => sum + each.length + 1, 0);
    strings.push(name);
    return at;
  });
  const strtab = Buffer.from(`${strings.join('\0')}\0`, 'latin1');
  const verneed = Buffer.alloc(versions.length === 0 ? 0 : 16 + 16 * versions.length);
  if (versions.length > 0) {
    verneed.writeUInt16LE(1, 0);
    verneed.writeUInt16LE(versions.length, 2);
    verneed.writeUInt32LE(16, 8);
    versions.forEach((_, index) => {
      verneed.writeUInt32LE(offsets[libraries.length + index] ?? 0, 16 + 16 * index + 8);
      verneed.writeUInt32LE(index + 1 < versions.length ? 16 : 0, 16 + 16 * index + 12);
    });
  }
  const interpreter = Buffer.from('/lib64/ld-linux-x86-64.so.2\0');
  const [interpreterAt, stringsAt] = [64 + 3 * 56, 64 + 3 * 56 + interpreter.length];
  const verneedAt = stringsAt + strtab.length;
  const base = 0x400000n;
  const tags: Array<[bigint, bigint]> = [
    ...libraries.map((_, index): [bigint, bigint] => [1n, BigInt(offsets[index] ?? 0)]),
    [5n, base + BigInt(stringsAt)],
    [10n, BigInt(strtab.length)],
    ...(versions.length > 0
      ? ([
          [0x6ffffffen, base + BigInt(verneedAt)],
          [0x6fffffffn, 1n],
        ] satisfies Array<[bigint, bigint]>)
      : []),
    [0n, 0n],
  ];
  const dynamic = Buffer.alloc(tags.length * 16);
  tags.forEach(([tag, value], index) => {
    dynamic.writeBigUInt64LE(tag, index * 16);
    dynamic.writeBigUInt64LE(value, index * 16 + 8);
  });
  const dynamicAt = verneedAt + verneed.length;
  const total = dynamicAt + dynamic.length;

  const head = Buffer.alloc(64 + 3 * 56);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(machine, 18);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(3, 56);
  const segment = (index: number, type: number, offset: number, size: number): void => {
    const at = 64 + index * 56;
    head.writeUInt32LE(type, at);
    head.writeBigUInt64LE(BigInt(offset), at + 8);
    head.writeBigUInt64LE(base + BigInt(offset), at + 16);
    head.writeBigUInt64LE(BigInt(size), at + 32);
  };
  segment(0, 1, 0, total);
  segment(1, 2, dynamicAt, dynamic.length);
  segment(2, 3, interpreterAt, interpreter.length);
  return Buffer.concat([head, interpreter, strtab, verneed, dynamic]);
}
