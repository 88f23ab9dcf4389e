import { systemClock, type Clock } from '../util/clock.ts';
import { statusOn } from './status.ts';

/** What a run tells while it goes. Phases are words of the data path: artifact, host, engine, pods, report. */
export interface Progress extends Disposable {
  /** One line: `[  12.3 s] host debian-13: warm start`. */
  line(phase: string, text: string): void;
  /** How much of the pods is done, and which of them are under way. */
  count(done: number, total: number, underWay?: readonly string[]): void;
  /** Work that goes on until it is disposed: what a silent run is busy with. */
  begin(phase: string, name: string): Disposable;
  /** Ends the status; lines may still follow. */
  close(): void;
}

interface Terminal {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

/** The longest silence where there is no terminal, in milliseconds. */
const quiet = 10_000;

/**
 * Lines for people and machines alike, and a status: what is done, what is under way, and how long it will take. A terminal has
 * it as its last line, redrawn in place; elsewhere it is a line of its own whenever there was none for 10 s.
 */
export function progressOn(stream: Terminal, clock: Clock = systemClock): Progress {
  const started = clock.now();
  const live = stream.isTTY === true;
  const status = statusOn(clock);
  let closed = false;
  let drawn = false;
  let lastWritten = started;
  const write = (text: string): void => void stream.write(text);
  const elapsed = (): string => `[${((clock.now() - started) / 1000).toFixed(1).padStart(6)} s]`;
  const clear = (): void => {
    if (drawn) write('\r\x1b[K');
    drawn = false;
  };
  const draw = (): void => {
    const words = status.words();
    if (!live || closed || words === '') return;
    write(`${elapsed()} ${words}`.slice(0, (stream.columns ?? 80) - 1));
    drawn = true;
  };
  const put = (text: string): void => {
    clear();
    lastWritten = clock.now();
    write(`${elapsed()} ${text}\n`);
    draw();
  };
  const redraw = (): void => {
    if (!live) return;
    clear();
    draw();
  };
  const ticking = clock.every(1_000, () => {
    if (live) redraw();
    else if (clock.now() - lastWritten >= quiet && status.words() !== '') put(status.words());
  });
  const close = (): void => {
    closed = true;
    ticking[Symbol.dispose]();
    clear();
  };
  return {
    line(phase, text) {
      const words = plain(text);
      status.heard(phase, words);
      put(`${phase} ${words}`);
    },
    count(done, total, underWay = []) {
      status.counted(done, total, underWay.map(plain));
      redraw();
    },
    begin(phase, name) {
      const end = status.begin(phase, plain(name));
      redraw();
      return end;
    },
    close,
    [Symbol.dispose]: close,
  };
}

/** No control character of a log or an error may reach the terminal. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
