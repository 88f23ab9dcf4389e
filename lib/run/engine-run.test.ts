import { expect, test } from 'vitest';
import { cell, stageIn } from '../testing/stage.ts';
import { temporary } from '../testing/temporary.ts';
import { BlockedError, HostLostError } from '../util/errors.ts';
import { eachAlone } from './engine-run.ts';

const group = { engine: cell.engine, cells: [cell] };
const alive = { host: { assertAlive: () => Promise.resolve() } };
const never = (): Promise<void> => Promise.reject(new Error('tried again'));

test('what fails on a host that is lost fails as that, also where it is a release that failed', async () => {
  await using place = await temporary();
  const { stage } = await stageIn(place.path);
  const lost = new HostLostError('Host even is lost', 'its last words');
  const dead = { host: { assertAlive: () => Promise.reject(lost) } };
  const release = new AggregateError([new Error('Cannot release the kubelet')], 'Cannot release 2 resources');
  await expect(eachAlone(stage, dead, group, release, never)).rejects.toBe(lost);
  await expect(eachAlone(stage, alive, group, release, never)).rejects.toBe(release);
});

test('an engine that is blocked costs its only cell, and is not tried again', async () => {
  await using place = await temporary();
  const { stage, written } = await stageIn(place.path);
  await eachAlone(stage, alive, group, new BlockedError('Cannot start containerd 1.7.24'), never);
  expect(written.join('')).toContain('Cannot start containerd 1.7.24');
});
