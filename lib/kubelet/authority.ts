import { Duplex, Transform, type TransformCallback } from 'node:stream';

/** Code and length of each character of our paths (RFC 7541, appendix B). */
const codes: Readonly<Record<string, readonly [code: number, bits: number]>> = {
  ...{ '-': [0x16, 6], '.': [0x17, 6], '/': [0x18, 6], '0': [0x0, 5], '1': [0x1, 5], '2': [0x2, 5], '3': [0x19, 6] },
  ...{ '4': [0x1a, 6], '5': [0x1b, 6], '6': [0x1c, 6], '7': [0x1d, 6], '8': [0x1e, 6], '9': [0x1f, 6], a: [0x3, 5] },
  ...{ b: [0x23, 6], c: [0x4, 5], d: [0x24, 6], e: [0x5, 5], f: [0x25, 6], g: [0x26, 6], h: [0x27, 6], i: [0x6, 5] },
  ...{ j: [0x74, 7], k: [0x75, 7], l: [0x28, 6], m: [0x29, 6], n: [0x2a, 6], o: [0x7, 5], p: [0x2b, 6], q: [0x76, 7] },
  ...{ r: [0x2c, 6], s: [0x8, 5], t: [0x9, 5], u: [0x2d, 6], v: [0x77, 7], w: [0x78, 7], x: [0x79, 7], y: [0x7a, 7] },
  z: [0x7b, 7],
};

/** The field `:authority` as HTTP/2 carries it where the peer has not heard of it yet: a new entry of its table (RFC 7541, 6.2.1). */
export function authorityField(value: string): Buffer {
  const bits = value.split('').map((sign) => {
    const [code, length] = codes[sign] ?? [];
    if (code === undefined || length === undefined) throw new Error(`Cannot write the authority ${value}: no code for "${sign}"`);
    return code.toString(2).padStart(length, '0');
  });
  // Filled up with ones to a whole byte; more of them are no byte, and fall away.
  const bytes = (`${bits.join('')}1111111`.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  if (bytes.length >= 127) throw new Error(`Cannot write the authority ${value}: it is too long`);
  return Buffer.from([0x41, 0x80 | bytes.length, ...bytes]);
}

/**
 * A connection on which a path as `:authority` reads like a name, with a dot for each slash: HTTP/2 of Node.js refuses the path, and the
 * code of a dot is as long as that of a slash, so that nothing else on the wire has to change.
 */
export function withoutSlashes(connection: Duplex, path: string): Duplex {
  const readable = new Replace(authorityField(path), authorityField(path.replaceAll('/', '.')));
  connection.on('error', (error) => readable.destroy(error));
  return Duplex.from({ readable: connection.pipe(readable), writable: connection });
}

/** Puts one run of bytes in the place of another of the same length, wherever the stream is cut. */
class Replace extends Transform {
  readonly #from: Buffer;
  readonly #to: Buffer;
  #held = Buffer.alloc(0);

  constructor(from: Buffer, to: Buffer) {
    super();
    this.#from = from;
    this.#to = to;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const bytes = Buffer.concat([this.#held, chunk]);
    for (let at = bytes.indexOf(this.#from); at >= 0; at = bytes.indexOf(this.#from, at + 1)) this.#to.copy(bytes, at);
    // The end may be the beginning of it.
    let kept = Math.min(bytes.length, this.#from.length - 1);
    while (kept > 0 && !this.#from.subarray(0, kept).equals(bytes.subarray(bytes.length - kept))) kept--;
    this.#held = Buffer.from(bytes.subarray(bytes.length - kept));
    done(null, bytes.subarray(0, bytes.length - kept));
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#held);
  }
}
