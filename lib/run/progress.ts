/** What a run tells while it goes. Phases are words of the data path: artifact, host, engine, pods, report. */
export interface Progress {
  /** One line: `[  12.3 s] host debian-13: warm start`. */
  line(phase: string, text: string): void;
  /** How much of the pods is done. */
  count(done: number, total: number): void;
  close(): void;
}

interface Terminal {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

/** Lines for people and machines alike; on a terminal a last line with elapsed time and ETA, redrawn in place. */
export function progressOn(stream: Terminal, now: () => number = Date.now): Progress {
  const started = now();
  const live = stream.isTTY === true;
  let status = '';
  let firstCount: { at: number; done: number } | undefined;
  const clear = (): void => void (live && status !== '' && stream.write('\r\x1b[K'));
  const draw = (): void => void (live && status !== '' && stream.write(status.slice(0, (stream.columns ?? 80) - 1)));
  const elapsed = (): string => `[${((now() - started) / 1000).toFixed(1).padStart(6)} s]`;
  return {
    line(phase, text) {
      clear();
      stream.write(`${elapsed()} ${phase} ${plain(text)}\n`);
      draw();
    },
    count(done, total) {
      firstCount ??= { at: now(), done };
      const pace = (now() - firstCount.at) / Math.max(1, done - firstCount.done);
      const eta = done > firstCount.done ? `, ${Math.ceil((pace * (total - done)) / 1000)} s left` : '';
      clear();
      status = `${elapsed()} pods ${done} of ${total}${eta}`;
      draw();
    },
    close() {
      clear();
      status = '';
    },
  };
}

/** No control character of a log or an error may reach the terminal. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
