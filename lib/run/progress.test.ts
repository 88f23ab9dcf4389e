import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressOn } from './progress.ts';

function recorded(terminal: { isTTY?: boolean; columns?: number } = {}) {
  let clock = 0;
  const written: string[] = [];
  const progress = progressOn({ ...terminal, write: (text) => written.push(text) }, () => clock);
  return { progress, written, at: (seconds: number): void => void (clock = seconds * 1000) };
}

/** What a terminal shows in the end: a carriage return with "erase to the end of the line" takes the last line away. */
function screen(written: readonly string[]): string[] {
  return written
    .join('')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r\x1b[K') + 1).replace('\x1b[K', ''));
}

describe('progress', () => {
  it('is one line for each thing that happens, with the time since the start', () => {
    const { progress, written, at } = recorded();
    progress.line('host', 'debian-13: warm start');
    at(12.34);
    progress.line('engine', 'ready');
    expect(written).toEqual(['[   0.0 s] host debian-13: warm start\n', '[  12.3 s] engine ready\n']);
  });

  it('draws nothing in place where there is no terminal', () => {
    const { progress, written } = recorded();
    progress.count(1, 24);
    progress.close();
    expect(written).toEqual([]);
  });

  it('keeps the count as the last line of a terminal', () => {
    const { progress, written, at } = recorded({ isTTY: true, columns: 80 });
    progress.count(1, 24);
    at(10);
    progress.line('host', 'still there');
    expect(screen(written)).toEqual(['[  10.0 s] host still there', '[   0.0 s] pods 1 of 24']);
    progress.close();
    expect(screen(written).at(-1)).toBe('');
  });

  it('says how long it takes once it has seen the pace', () => {
    const { progress, written, at } = recorded({ isTTY: true, columns: 80 });
    at(20);
    progress.count(1, 24);
    expect(screen(written).at(-1)).toBe('[  20.0 s] pods 1 of 24');
    at(40);
    progress.count(5, 24);
    expect(screen(written).at(-1)).toBe('[  40.0 s] pods 5 of 24, 95 s left');
    at(140);
    progress.count(24, 24);
    expect(screen(written).at(-1)).toBe('[ 140.0 s] pods 24 of 24, 0 s left');
  });

  it('never wraps the line that it draws in place', () => {
    const { progress, written } = recorded({ isTTY: true, columns: 12 });
    progress.count(1, 24);
    expect(screen(written).at(-1)).toBe('[   0.0 s] ');
  });

  it('makes control characters of a log inert, whatever they are', () => {
    const { progress, written } = recorded({ isTTY: true });
    progress.line('host', '\x1b]0;owned\x07 \x9b2J\r\nnext \u202egnp.exe');
    expect(written).toEqual(['[   0.0 s] host  ]0;owned   2J next  gnp.exe\n']);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { progress, written } = recorded();
        progress.line('host', text);
        expect(written.join('').slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
