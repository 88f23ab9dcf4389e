import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { progressOn } from './progress.ts';

function recorded(terminal: { isTTY?: boolean; columns?: number } = {}) {
  const clock = fakeClock();
  const written: string[] = [];
  const progress = progressOn({ ...terminal, write: (text) => written.push(text) }, clock);
  return { progress, written, clock, at: (seconds: number): void => clock.pass(seconds * 1000 - clock.now()) };
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
    at(9.34);
    progress.line('engine', 'ready');
    expect(written).toEqual(['[   0.0 s] host debian-13: warm start\n', '[   9.3 s] engine ready\n']);
  });

  it('draws nothing in place where there is no terminal', () => {
    const { progress, written } = recorded();
    progress.count(1, 24);
    progress.close();
    expect(written).toEqual([]);
  });

  it('says in the words of a terminal what is done, what is under way and how long it takes, where there is none', () => {
    const shown = [{}, { isTTY: true, columns: 200 }].map((terminal) => {
      const { progress, written, at } = recorded(terminal);
      using _host = progress.begin('host', 'debian-12');
      progress.line('host', 'debian-12: building the image');
      using _pods = progress.begin('pods', 'debian-13/containerd-1.7.24');
      at(10);
      progress.count(2, 24);
      at(20);
      progress.count(12, 24, ['crun root', 'crun user-only', 'runc root', 'runc user-only', 'runc plain']);
      written.length = 0;
      at(33);
      return screen(written).filter((line) => line !== '');
    });
    const words = (seconds: number, left: number): string =>
      `[  ${seconds}.0 s] pods 12 of 24, ${left} s left: crun root, user-only; runc root and 2 more; host debian-12: building the image, for ${seconds} s`;
    expect(shown[0]).toEqual([words(30, 24)]);
    expect(shown[1]?.at(-1)).toBe(words(33, 28));
  });

  it('reckons the time that is left by the last pods, and not by the first ones, which are slow', () => {
    const { progress, written, at } = recorded();
    using _ = progress.begin('pods', 'debian-13/containerd-1.7.24');
    const count = (from: number, to: number, when: (done: number) => number): void => {
      for (let done = from; done <= to; done++) {
        at(when(done));
        progress.count(done, 78);
      }
    };
    const said = (): string | undefined => written.at(-1)?.replace(/^\[ *[\d.]+ s\] /, '');
    count(0, 3, (done) => done * 30);
    at(100);
    expect(said()).toBe('pods 3 of 78\n');
    count(4, 40, (done) => 100 + 2 * (done - 3));
    at(180);
    expect(said()).toBe('pods 40 of 78, 92 s left\n');
  });

  it('goes on about a phase by the last that was said of it, and about nothing that is over', () => {
    const { progress, written, at } = recorded();
    {
      using _ = progress.begin('artifact', 'resolve');
      progress.line('artifact', 'containerd 1.7.24: package index of trixie');
      at(12);
    }
    using _ = progress.begin('engine', 'debian-13/crio-1.36.3');
    at(31);
    expect(written.join('').split('\n').slice(1, -1)).toEqual([
      '[  10.0 s] artifact containerd 1.7.24: package index of trixie, for 10 s',
      '[  20.0 s] engine debian-13/crio-1.36.3, for 8 s',
      '[  30.0 s] engine debian-13/crio-1.36.3, for 18 s',
    ]);
  });

  it('repeats the last line where nobody said what is under way', () => {
    const { progress, written, at } = recorded();
    progress.line('host', 'debian-13: wait for memory that another run holds');
    at(10);
    expect(written.at(-1)).toBe('[  10.0 s] host debian-13: wait for memory that another run holds, for 10 s\n');
  });

  it('is never silent for longer than 15 s, whatever happens when, until it is closed', () => {
    const step = fc.record({
      after: fc.nat({ max: 40_000 }),
      what: fc.constantFrom('line', 'count', 'begin', 'end'),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const { progress, written, clock } = recorded();
        progress.line('plan', 'begins');
        const open: Disposable[] = [];
        for (const { after, what } of steps) {
          clock.pass(after);
          if (what === 'line') progress.line('host', 'debian-13: warm start');
          else if (what === 'count') progress.count(1, 3, ['runc plain']);
          else if (what === 'begin') open.push(progress.begin('engine', 'x'));
          else open.pop()?.[Symbol.dispose]();
        }
        const end = clock.now();
        progress.close();
        clock.pass(60_000);
        const times = written.map((line) => Number(/^\[ *([\d.]+) s\] \S/.exec(line)?.[1]) * 1000);
        const gaps = [...times, end].map((time, index) => time - (times[index - 1] ?? 0));
        expect(Math.max(...gaps)).toBeLessThanOrEqual(15_000);
        // A time is printed to a tenth of a second.
        expect(times.at(-1)).toBeLessThanOrEqual(end + 50);
      }),
    );
  });

  it('keeps the count as the last line of a terminal', () => {
    const { progress, written, at } = recorded({ isTTY: true, columns: 80 });
    progress.count(1, 24);
    at(10);
    progress.line('host', 'still there');
    expect(screen(written)).toEqual(['[  10.0 s] host still there', '[  10.0 s] pods 1 of 24']);
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
