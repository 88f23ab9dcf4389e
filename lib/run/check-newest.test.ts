import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { fakeDebian } from '../testing/fake-debian.ts';
import { exampleMatrix } from '../testing/matrix.ts';
import { checkNewest, standingsText } from './check-newest.ts';

afterEach(() => vi.unstubAllEnvs());

const asking = { signal: new AbortController().signal, progress: () => undefined };

/** The example beside a Debian that has containerd 1.7.28 and runc 1.1.15 in every suite but one that is past its date. */
async function workshop() {
  const place = await temporary();
  vi.stubEnv('XDG_CACHE_HOME', place.path);
  vi.stubEnv('PODPROOF_ARTIFACTS', join(place.path, 'shelf'));
  await fakeDebian(place.path, {
    mmdebstrap: 'case "$*" in *bookworm*) echo "E: Release file for x is expired (invalid since 9d)." >&2; exit 1 ;; esac',
    'apt-cache': '[ "$3" = runc ] && echo "runc | 1.1.15+ds1-2 | x" || echo "$3 | 1.7.28~ds1-1 | x"',
  });
  return place;
}

describe('a check for newer versions', () => {
  it('compares each package with its own suite, and says why one cannot be asked', async () => {
    await using _ = await workshop();
    const matrix = exampleMatrix();
    matrix.runtimes.runc![1]!.version = 'newest';
    const standings = await checkNewest(matrix, asking);
    expect(standings).toContainEqual({ name: 'containerd', place: 'trixie', has: '1.7.24', newer: ['1.7.28'] });
    expect(standings).toContainEqual({ name: 'runc', place: 'trixie', has: 'newest', newer: [], floatsTo: '1.1.15' });
    expect(standings).toContainEqual({
      name: 'runc',
      place: 'bookworm',
      has: '1.1.5',
      newer: [],
      unknown: expect.stringMatching(/^The package index of Debian bookworm is past its date \(invalid since 9d\); set/),
    });
  });

  it('finds newer releases on the shelf and in the cache, and nothing else', async () => {
    await using place = await workshop();
    for (const name of [
      'shelf/kata-4.1.0.tar.zst',
      'shelf/kata-agent-9.9.9',
      'podproof/artifacts/kata-3.31.0-1a2b3c4d',
      'shelf/kata-3.2.0',
    ])
      await mkdir(join(place.path, name), { recursive: true });
    const standings = await checkNewest(exampleMatrix(), asking);
    expect(standings).toContainEqual({ name: 'kata', place: 'path', has: '3.30.0', newer: ['3.31.0', '4.1.0'] });
    expect(standings).toContainEqual({ name: 'crio', place: 'path', has: '1.36.3', newer: [] });
  });

  it('is a table that says what was not looked up', () => {
    const text = standingsText([
      { name: 'containerd', place: 'trixie', has: '1.7.24', newer: ['1.7.28'] },
      { name: 'crun', place: 'sid', has: 'newest', newer: [], floatsTo: '1.28' },
      { name: 'kata', place: 'path', has: '4.1.0', newer: [] },
    ]);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'containerd  trixie  1.7.24  newer: 1.7.28',
      'crun        sid     newest  is 1.28 now',
      'kata        path    4.1.0   nothing newer',
    ]);
    expect(text).toContain('Releases are not looked up upstream');
  });
});
