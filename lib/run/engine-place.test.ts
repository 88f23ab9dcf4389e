import { expect, test } from 'vitest';
import { EnginePlace } from './engine-place.ts';

/** What happens at a place, in order. */
function place() {
  const engines = new EnginePlace();
  const happened: string[] = [];
  const start = (name: string) => async () => {
    happened.push(`${name} starts`);
    return { name, [Symbol.asyncDispose]: async () => void happened.push(`${name} ends`) };
  };
  return { engines, happened, start };
}

test('an engine ends before the next one starts, and the last one once it is told to', async () => {
  const { engines, happened, start } = place();
  expect(await engines.next(start('first'))).toMatchObject({ name: 'first' });
  await engines.next(start('second'));
  expect(happened).toEqual(['first starts', 'first ends', 'second starts']);
  await engines.vacate();
  await engines.vacate();
  expect(happened.slice(3)).toEqual(['second ends']);
});

test('after one that did not start there is none to end', async () => {
  const { engines, happened, start } = place();
  await engines.next(start('first'));
  await expect(engines.next(() => Promise.reject(new Error('it ended before')))).rejects.toThrow('it ended before');
  await engines.vacate();
  expect(happened).toEqual(['first starts', 'first ends']);
});
