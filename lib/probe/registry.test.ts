import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ociImage } from './image/oci.ts';
import { imageReference, serveImages } from './registry.ts';

const image = ociImage({
  name: 'podproof/probe:1',
  architecture: 'amd64',
  entrypoint: ['/x'],
  entries: [{ path: 'x', type: 'file', mode: 0o755, content: Buffer.from('0123456789') }],
});

describe('registry', () => {
  let registry: Awaited<ReturnType<typeof serveImages>>;
  let base = '';
  beforeAll(async () => {
    registry = await serveImages([image]);
    base = `http://127.0.0.1:${registry.port}`;
  });
  afterAll(() => registry[Symbol.asyncDispose]());

  it('says that it speaks version 2', async () => {
    const response = await fetch(`${base}/v2/`);
    expect(response.status).toBe(200);
    expect(response.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
  });

  it.each(['1', image.manifest.digest, '1?ns=localhost'])('serves the manifest by %s', async (reference) => {
    const response = await fetch(`${base}/v2/podproof/probe/manifests/${reference}`);
    expect(response.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(response.headers.get('docker-content-digest')).toBe(image.manifest.digest);
    expect(Buffer.from(await response.arrayBuffer()).equals(image.manifest.bytes)).toBe(true);
  });

  it('answers HEAD with length and digest but no body', async () => {
    const response = await fetch(`${base}/v2/podproof/probe/manifests/1`, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe(String(image.manifest.bytes.length));
    expect(await response.text()).toBe('');
  });

  it.each([
    { range: 'bytes=512-515', status: 206, body: '0123', contentRange: `bytes 512-515/${image.layer.bytes.length}` },
    { range: `bytes=${image.layer.bytes.length - 1}-`, status: 206, body: '\0', contentRange: undefined },
    { range: 'bytes=999999-', status: 416, body: undefined, contentRange: `bytes */${image.layer.bytes.length}` },
  ])('answers $range of a blob with $status', async ({ range, status, body, contentRange }) => {
    const response = await fetch(`${base}/v2/podproof/probe/blobs/${image.layer.digest}`, { headers: { range } });
    expect(response.status).toBe(status);
    if (contentRange !== undefined) expect(response.headers.get('content-range')).toBe(contentRange);
    if (body !== undefined) expect(await response.text()).toBe(body);
  });

  it.each([
    '/v2/podproof/probe/manifests/2',
    '/v2/podproof/probe/blobs/sha256:00',
    '/v2/other/manifests/1',
    '/',
    '/v2/../etc/passwd',
  ])('does not have %s', async (path) => {
    const response = await fetch(base + path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ code: expect.stringMatching(/UNKNOWN$/) }] });
  });

  it('takes nothing', async () => {
    expect((await fetch(`${base}/v2/podproof/probe/blobs/uploads/`, { method: 'POST' })).status).toBe(405);
  });

  it('is named to the engine by the port that the host sees', () => {
    expect(imageReference(image, 5000)).toBe('localhost:5000/podproof/probe:1');
  });

  it('is gone after its disposal', async () => {
    const short = await serveImages([image]);
    await short[Symbol.asyncDispose]();
    await expect(fetch(`http://127.0.0.1:${short.port}/v2/`)).rejects.toThrow();
  });
});
