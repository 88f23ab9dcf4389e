import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { fakeDebian } from '../testing/fake-debian.ts';
import { packageIndexes } from './indexes.ts';
import { newestOf, type NewestOptions } from './newest.ts';

afterEach(() => vi.unstubAllEnvs());

const source = { kind: 'deb' as const, suite: 'sid', packages: ['containerd', 'containernetworking-plugins'] };
const offline = { mmdebstrap: 'echo "E: Could not resolve mirror.invalid" >&2; exit 1' };
const madison = (...versions: string[]) => ({
  'apt-cache': `[ "$3" = containerd ] && printf '${versions.map((version) => `containerd | ${version} | x\\n`).join('')}'; :`,
});

/** Asks for the newest containerd, with what it tells. */
async function asked(cache: string, options: Partial<NewestOptions> = {}) {
  await using indexes = packageIndexes(cache);
  const lines: string[] = [];
  const answer = await newestOf('containerd', source, {
    cache,
    indexes,
    allowExpiredRelease: false,
    signal: new AbortController().signal,
    progress: (line) => lines.push(line),
    ...options,
  });
  return { answer, lines };
}

describe('the newest version of a package', () => {
  test('is the one that apt would take, under its upstream name', async () => {
    await using place = await temporary();
    const { cache, calls } = await fakeDebian(place.path, madison('2.1.10+ds1-1', '2.1.9+ds1-5'));
    const { answer, lines } = await asked(cache);
    expect(answer).toEqual({
      version: '2.1.10',
      debian: '2.1.10+ds1-1',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(lines).toEqual(['containerd: package index of sid']);
    expect(await calls()).toContain('apt-cache madison -- containerd');
    expect(await readdir(join(cache, 'indexes'))).toEqual([]);
  });

  test('is what the cache remembers where the suite cannot be asked, and says since when', async () => {
    await using place = await temporary();
    await using dark = await temporary();
    const { cache } = await fakeDebian(place.path, madison('2.1.9+ds1-5'));
    const first = await asked(cache);
    await fakeDebian(dark.path, offline);
    const { answer, lines } = await asked(cache);
    expect(answer).toEqual(first.answer);
    expect(lines.at(-1)).toBe(
      `containerd: Cannot fetch the package index of Debian sid: Could not resolve mirror.invalid; taking 2.1.9, the newest of sid on ${answer.at.slice(0, 10)}`,
    );
  });

  test('is the last answer where one of its age will do, and says how old it is', async () => {
    await using place = await temporary();
    const { cache, calls } = await fakeDebian(place.path, madison('2.1.9+ds1-5'));
    const hour = { lastAnswerMs: 3_600_000 };
    const { answer } = await asked(cache, hour);
    const before = await calls();
    const file = join(cache, 'newest', `sid-containerd-${process.arch}.json`);
    const given = (minutesAgo: number): Promise<void> =>
      writeFile(file, JSON.stringify({ ...answer, at: new Date(Date.now() - minutesAgo * 60_000 + 1_000).toISOString() }));
    await given(20);
    const again = await asked(cache, hour);
    expect(again.answer.version).toBe('2.1.9');
    expect(again.lines).toEqual(['containerd: package index of sid, as it was 20 min ago']);
    expect(await calls()).toEqual(before);
    for (const minutes of [61, -5]) {
      await given(minutes);
      expect((await asked(cache, hour)).lines).toEqual(['containerd: package index of sid']);
    }
    await given(1);
    expect((await asked(cache)).lines).toEqual(['containerd: package index of sid']);
  });

  test('is unknown without a network and a memory', async () => {
    await using place = await temporary();
    const { cache } = await fakeDebian(place.path, offline);
    await expect(asked(cache)).rejects.toMatchObject({ name: 'BlockedError', message: /Could not resolve mirror\.invalid/ });
  });

  test.each([
    ['a package that the suite has not', madison(), 'Debian sid has no package containerd'],
    [
      'a version that is no release',
      madison('2.1.9+git20260101.abc-1'),
      'Debian sid has containerd 2.1.9+git20260101.abc-1, of which "2.1.9+git20260101.abc" is no version of a release',
    ],
  ])('is not guessed for %s', async (_, scripts, message) => {
    await using place = await temporary();
    const { cache } = await fakeDebian(place.path, scripts);
    await expect(asked(cache)).rejects.toMatchObject({ name: 'BlockedError', message });
  });

  test('is not looked up from memory when the run was interrupted', async () => {
    await using place = await temporary();
    const { cache } = await fakeDebian(place.path, madison('2.1.9+ds1-5'));
    await asked(cache);
    await expect(asked(cache, { signal: AbortSignal.abort(new Error('interrupted')) })).rejects.toThrow('interrupted');
  });
});
