const interpreter = 3;

/** Whether a 64-bit little-endian ELF program needs a dynamic loader. Throws RangeError when it is no such program. */
export function needsLoader(program: Uint8Array): boolean {
  const view = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  if (view.length < 64 || view.readUInt32BE(0) !== 0x7f454c46) throw new RangeError('not an ELF program');
  if (view[4] !== 2 || view[5] !== 1) throw new RangeError('not a 64-bit little-endian ELF program');
  const offset = Number(view.readBigUInt64LE(32));
  const size = view.readUInt16LE(54);
  const count = view.readUInt16LE(56);
  if (offset + size * count > view.length || size < 4) throw new RangeError('an ELF program with a broken program header');
  return Array.from({ length: count }, (_, i) => view.readUInt32LE(offset + i * size)).includes(interpreter);
}
