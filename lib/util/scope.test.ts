import { expect, test } from 'vitest';
import { Scope } from './scope.ts';

test('a scope releases in reverse order', async () => {
  const order: string[] = [];
  {
    await using scope = new Scope();
    scope.onRelease('first', () => void order.push('first'));
    scope.onRelease('second', () => void order.push('second'));
  }
  expect(order).toEqual(['second', 'first']);
});

test('a release that fails does not keep the others from running, and names itself', async () => {
  const order: string[] = [];
  const scope = new Scope();
  scope.onRelease('first', () => void order.push('first'));
  scope.onRelease('second', () => Promise.reject(new Error('no')));
  await expect(scope[Symbol.asyncDispose]()).rejects.toThrow('Cannot release second');
  expect(order).toEqual(['first']);
});

test('a released scope takes nothing more and releases once', async () => {
  let count = 0;
  const scope = new Scope();
  scope.onRelease('it', () => void count++);
  await scope[Symbol.asyncDispose]();
  await scope[Symbol.asyncDispose]();
  expect(count).toBe(1);
  expect(() => scope.onRelease('late', () => undefined)).toThrow('already released');
});
