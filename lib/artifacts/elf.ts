import { open, type FileHandle } from 'node:fs/promises';
import { compareVersions } from '../model/version.ts';

/** What a 64-bit ELF file asks of the machine that runs it. */
export interface ElfFacts {
  /** As `uname -m` says it; `machine 40` for those that we have no name for. */
  architecture: string;
  /** Path of the dynamic loader; absent in a static program. */
  interpreter?: string;
  /** Shared libraries by name: `libseccomp.so.2`. */
  libraries: string[];
  /** The newest glibc version that a symbol asks for: `2.38`. */
  glibc?: string;
}

const machines: Record<number, string> = { 0x3e: 'x86_64', 0xb7: 'aarch64', 0x16: 's390x', 0x15: 'ppc64le', 0xf3: 'riscv64' };
const [loadSegment, dynamicSegment, interpreterSegment] = [1, 2, 3];
const [needed, stringTable, stringSize, versionNeeds, versionNeedsCount] = [1, 5, 10, 0x6ffffffe, 0x6fffffff];
/** No table that we read is larger in any real program. */
const largest = 16 * 1024 * 1024;
/** Libraries times versions of a real program: hundreds. In a crafted table each entry is a version of all libraries before it, millions in 64 KiB. */
const mostVersions = 10_000;

/** Reads headers and dynamic section. Undefined for a file that is no 64-bit ELF; throws an Error for a damaged one. */
export async function readElf(path: string): Promise<ElfFacts | undefined> {
  await using file = await open(path);
  const head = await piece(file, 0, 64);
  if (head.toString('latin1', 0, 4) !== '\x7fELF' || head[4] !== 2) return undefined;
  try {
    return await facts(file, head, head[5] === 1);
  } catch (error) {
    throw new Error(`Cannot read the ELF file ${path}: it is damaged`, { cause: error });
  }
}

async function facts(file: FileHandle, head: Buffer, little: boolean): Promise<ElfFacts> {
  const read = reader(little);
  const [offset, size, count] = [read.u64(head, 32), read.u16(head, 54), read.u16(head, 56)];
  const headers = await piece(file, offset, size * count);
  const segments = Array.from({ length: count }, (_, index) => {
    const header = headers.subarray(index * size, (index + 1) * size);
    return { type: read.u32(header, 0), offset: read.u64(header, 8), address: read.u64(header, 16), size: read.u64(header, 32) };
  });
  const number = read.u16(head, 18);
  const result: ElfFacts = { architecture: machines[number] ?? `machine ${number}`, libraries: [] };
  const loader = segments.find(({ type }) => type === interpreterSegment);
  if (loader) result.interpreter = text(await piece(file, loader.offset, loader.size), 0);
  const dynamic = segments.find(({ type }) => type === dynamicSegment);
  if (dynamic === undefined) return result;

  const table = await piece(file, dynamic.offset, dynamic.size);
  const tags = Array.from({ length: Math.floor(table.length / 16) }, (_, i) => ({
    tag: read.u64(table, i * 16),
    value: read.u64(table, i * 16 + 8),
  }));
  const valueOf = (tag: number): number | undefined => tags.find((each) => each.tag === tag)?.value;
  const at = async (address: number | undefined, length: number): Promise<Buffer> => {
    const segment = segments.find(
      ({ type, address: from, size }) =>
        type === loadSegment && address !== undefined && address >= from && address < from + size,
    );
    return segment === undefined || address === undefined
      ? Buffer.alloc(0)
      : piece(file, segment.offset + address - segment.address, length);
  };
  const strings = await at(valueOf(stringTable), valueOf(stringSize) ?? 0);
  result.libraries = tags.filter(({ tag }) => tag === needed).map(({ value }) => text(strings, value));
  const versions = readVersions(await at(valueOf(versionNeeds), 64 * 1024), valueOf(versionNeedsCount) ?? 0, strings, read);
  const [newest] = versions
    .flatMap((name) => /^GLIBC_(\d+(?:\.\d+)+)$/.exec(name)?.[1] ?? [])
    .sort((a, b) => compareVersions(b, a));
  if (newest !== undefined) result.glibc = newest;
  return result;
}

/** Names of the versions that .gnu.version_r asks for, of every library. */
function readVersions(table: Buffer, count: number, strings: Buffer, read: Reader): string[] {
  const names: string[] = [];
  let at = 0;
  for (let library = 0; library < count && at + 16 <= table.length; library++) {
    let entry = at + read.u32(table, at + 8);
    for (let left = read.u16(table, at + 2); left > 0 && entry + 16 <= table.length; left--) {
      if (names.push(text(strings, read.u32(table, entry + 8))) > mostVersions)
        throw new RangeError(`more than ${mostVersions} versions`);
      const next = read.u32(table, entry + 12);
      if (next === 0) break;
      entry += next;
    }
    const next = read.u32(table, at + 12);
    if (next === 0) break;
    at += next;
  }
  return names;
}

interface Reader {
  u16(from: Buffer, at: number): number;
  u32(from: Buffer, at: number): number;
  u64(from: Buffer, at: number): number;
}

function reader(little: boolean): Reader {
  return little
    ? { u16: (b, at) => b.readUInt16LE(at), u32: (b, at) => b.readUInt32LE(at), u64: (b, at) => Number(b.readBigUInt64LE(at)) }
    : { u16: (b, at) => b.readUInt16BE(at), u32: (b, at) => b.readUInt32BE(at), u64: (b, at) => Number(b.readBigUInt64BE(at)) };
}

function text(from: Buffer, at: number): string {
  const end = from.indexOf(0, at);
  return from.toString('latin1', at, end < 0 ? from.length : end);
}

async function piece(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(offset) || length > largest) throw new RangeError(`a table of ${length} bytes at ${offset}`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
