/** One entry of an archive. Everything belongs to root and dates from the epoch, so equal input gives equal bytes. */
export type TarEntry =
  | { path: string; type: 'file'; mode: number; content: Uint8Array }
  | { path: string; type: 'directory'; mode: number }
  | { path: string; type: 'link'; target: string };

const block = 512;
const typeFlags = { file: '0', link: '2', directory: '5' } as const;

/**
 * A ustar archive of the entries in their order. Parents must come before their children.
 * Throws RangeError for what ustar's short header cannot hold: we write no such paths.
 */
export function tar(entries: readonly TarEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const content = entry.type === 'file' ? entry.content : new Uint8Array();
    const head = {
      path: entry.type === 'directory' ? `${entry.path}/` : entry.path,
      type: typeFlags[entry.type],
      mode: entry.type === 'link' ? 0o777 : entry.mode,
      target: entry.type === 'link' ? entry.target : '',
      size: content.length,
    };
    parts.push(ustarHeader(head), content, new Uint8Array((block - (content.length % block)) % block));
  }
  parts.push(new Uint8Array(2 * block));
  return Buffer.concat(parts);
}

/** The header of one entry, with its checksum; nothing but the length of its fields is checked. */
export function ustarHeader(head: { path: string; type: string; mode: number; target: string; size: number }): Uint8Array {
  const bytes = Buffer.alloc(block);
  const text = (value: string, offset: number, length: number): void => {
    if (Buffer.byteLength(value) > length)
      throw new RangeError(`Cannot archive "${head.path}": "${value}" has more than ${length} bytes`);
    bytes.write(value, offset);
  };
  const octal = (value: number, offset: number, length: number): void =>
    text(value.toString(8).padStart(length - 1, '0'), offset, length - 1);

  text(head.path, 0, 100);
  octal(head.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(head.size, 124, 12);
  octal(0, 136, 12);
  bytes.fill(' ', 148, 156);
  text(head.type, 156, 1);
  text(head.target, 157, 100);
  text('ustar\0' + '00', 257, 8);
  const checksum = bytes.reduce((sum, byte) => sum + byte, 0);
  text(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return bytes;
}
