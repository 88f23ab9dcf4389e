import { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { honest, serve, sha256 } from '../testing/serving.ts';
import { craftTar } from '../testing/artifacts.ts';
import { temporary } from '../testing/temporary.ts';
import { fetchVerb } from './fetch.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

/** What `podproof fetch` prints for one containerd and two versions of runc on a host that needs no image, and its exit code. */
async function fetched(place: string, urls: { containerd: string; runc: string; cni?: string }, ...flags: string[]) {
  vi.stubEnv('XDG_CACHE_HOME', join(place, 'cache'));
  vi.stubEnv('XDG_STATE_HOME', join(place, 'state'));
  vi.stubEnv('PODPROOF_ARTIFACTS', '');
  const matrix = join(place, 'matrix.json');
  await writeFile(join(place, 'runc.tar'), craftTar([{ path: 'bin/runc', content: '#!/bin/sh\n' }]));
  await writeFile(
    matrix,
    JSON.stringify({
      hosts: { metal: { kind: 'ssh', destination: 'metal' } },
      engines: { containerd: [{ version: '2.3.4', source: { kind: 'release', url: urls.containerd } }] },
      runtimes: {
        runc: [
          { version: '1.3.0', source: { kind: 'path', path: join(place, 'runc.tar') } },
          { version: '1.4.0', source: { kind: 'release', url: urls.runc } },
        ],
      },
      ...(urls.cni === undefined ? {} : { cni: { version: '1.9.0', source: { kind: 'path', path: urls.cni } } }),
      profiles: { all: { title: 'All', hosts: ['metal'], engines: ['*'], runtimes: ['*'], suites: ['identity'] } },
    }),
  );
  const texts: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const program = new Command('podproof').option('--matrix <file>', '', matrix).exitOverride();
  fetchVerb(program);
  await program.parseAsync(['fetch', '--profile', 'all', ...flags], { from: 'user' });
  // As on a terminal that is wide enough.
  return { text: texts.join('').replaceAll('\n         ', ' '), exit: process.exitCode };
}

describe('fetch', () => {
  it('has what it can, says why the rest is unavailable and what to do, and exits with 75', async () => {
    await using place = await temporary();
    await using server = await serve((request, response) =>
      request.url?.startsWith('/r/') ? honest(request, response) : void response.writeHead(404).end(),
    );
    const absent = server.url.replace('/r/x.tar.gz', '/absent');
    const { text, exit } = await fetched(place.path, { containerd: server.url, runc: absent });
    const [containerd, old, latest, host] = text.trimEnd().split('\n');
    expect(containerd).toBe(`ready    containerd 2.3.4: release ${server.url}, sha256 ${sha256}`);
    expect(old).toMatch(/^ready {4}runc 1\.3\.0: path .*runc\.tar, sha256 [0-9a-f]{64}$/);
    expect(latest).toBe(
      `blocked  runc 1.4.0: Cannot have the release of runc 1.4.0: ${absent}.sha256sum answers 404 Not Found; run podproof fetch on a connected machine and copy the cache directory, or put the binaries into $PODPROOF_ARTIFACTS/runc-1.4.0/`,
    );
    expect(host).toBe('ready    host metal: a ssh host is used as it is');
    expect(exit).toBe(75);
  });

  it('brings the CNI plugins that the matrix names', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    const urls = { containerd: server.url, runc: server.url, cni: join(place.path, 'cni.tar') };
    const plugins = ['bridge', 'host-local', 'loopback'].map((name) => ({ path: `./${name}`, content: '#!/bin/sh\n' }));
    await writeFile(urls.cni, craftTar(plugins));
    const { text, exit } = await fetched(place.path, urls);
    expect(text).toMatch(/^ready {4}cni 1\.9\.0: path .*cni\.tar, sha256 [0-9a-f]{64}$/m);
    expect(exit).toBe(0);
  });

  it('leaves nothing to fetch: afterwards the same works without a network', async () => {
    await using place = await temporary();
    const server = await serve(honest);
    const urls = { containerd: server.url, runc: server.url };
    const first = await fetched(place.path, urls, '--json');
    expect(first.exit).toBe(0);
    expect(JSON.parse(first.text)).toContainEqual({ what: 'runc 1.4.0', from: `release ${server.url}, sha256 ${sha256}` });
    await server[Symbol.asyncDispose]();
    expect(await fetched(place.path, urls, '--json')).toEqual(first);
  });
});
