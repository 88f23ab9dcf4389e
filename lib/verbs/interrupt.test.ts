import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { endWithReader, untilInterrupted } from './interrupt.ts';

const { exitCode } = process;
afterEach(() => {
  process.exitCode = exitCode;
  vi.restoreAllMocks();
});
const brokenPipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

describe('a reader that closes early', () => {
  it('interrupts what is under way, which gives back what it holds, and ends it with 130', async () => {
    const stream = new EventEmitter();
    endWithReader(stream);
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    let released = false;
    await untilInterrupted(async (signal) => {
      stream.emit('error', brokenPipe);
      stream.emit('error', brokenPipe);
      released = signal.aborted;
      signal.throwIfAborted();
      return Promise.resolve();
    });
    expect({ released, exits: exit.mock.calls, exitCode: process.exitCode }).toEqual({
      released: true,
      exits: [],
      exitCode: 130,
    });
  });

  it('ends the program at once where nothing is under way', () => {
    const stream = new EventEmitter();
    endWithReader(stream);
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const others = process.listeners('SIGTERM');
    process.removeAllListeners('SIGTERM');
    stream.emit('error', brokenPipe);
    for (const other of others) process.on('SIGTERM', other);
    expect(exit).toHaveBeenCalled();
  });

  it('is distinguished from a stream that fails in another way', () => {
    const stream = new EventEmitter();
    endWithReader(stream);
    expect(() => stream.emit('error', new Error('disk'))).toThrow('disk');
  });
});
