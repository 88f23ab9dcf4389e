import { expect, test } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { stayUp } from './keep.ts';
import { progressOn } from './progress.ts';

test('a host that stays up says how to reach it, and counts no pods any more', async () => {
  const clock = fakeClock();
  const written: string[] = [];
  const progress = progressOn({ write: (text) => written.push(text) }, clock);
  progress.count(1, 1);
  const ended = new AbortController();
  const up = stayUp({ progress, signal: ended.signal }, { host: 'debian-13' });
  clock.pass(60_000);
  ended.abort();
  await up;
  expect(written).toEqual([
    '[   0.0 s] keep debian-13 stays up: npx podproof shell debian-13. Ctrl-C here, or podproof clean, ends it\n',
  ]);
});
