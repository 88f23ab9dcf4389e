import { createHash } from 'node:crypto';
import { serve } from '../serving.ts';

export type Manner = 'honest' | 'stalls' | 'truncates' | 'lies';

/** A server of one release archive that can be told to misbehave. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  readonly sha256: string;
  manner: Manner;
}

/** Serves `bytes` on loopback. It lies by one byte, truncates at half, or stalls there. */
export async function badRegistry(bytes: Buffer): Promise<Registry> {
  const served = await serve((_, response) => {
    const half = bytes.subarray(0, bytes.length / 2);
    response.writeHead(200, { 'content-length': bytes.length });
    switch (registry.manner) {
      case 'honest':
        return response.end(bytes);
      case 'lies':
        return response.end(Buffer.concat([half, Buffer.from([0xff]), bytes.subarray(half.length + 1)]));
      case 'truncates':
        return response.write(half, () => response.destroy());
      case 'stalls':
        return response.write(half);
    }
  });
  const registry: Registry = { ...served, sha256: createHash('sha256').update(bytes).digest('hex'), manner: 'honest' };
  return registry;
}
