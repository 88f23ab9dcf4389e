import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { watchHeartbeat } from './heartbeat.ts';

/** A machine that answers as told, and from then on as it did last. It says "asked" after the last of them, and "ended". */
class Machine extends EventEmitter {
  given = 0;
  readonly #answers: boolean[];
  #last = true;
  constructor(...answers: boolean[]) {
    super();
    this.#answers = answers;
  }
  readonly ask = (): Promise<boolean> => {
    if (this.#answers.length === 0) this.emit('asked');
    this.#last = this.#answers.shift() ?? this.#last;
    return Promise.resolve(this.#last);
  };
  readonly giveUp = (): Promise<void> => {
    this.given++;
    this.emit('ended');
    return Promise.resolve();
  };
}

describe('the heartbeat of a machine', () => {
  it('ends one that answers no more, once, and says for how long it was silent', async () => {
    const machine = new Machine(true, false);
    await using heartbeat = watchHeartbeat({ ask: machine.ask, giveUp: machine.giveUp, everyMs: 1, silenceMs: 5 });
    heartbeat.assertBeating();
    await once(machine, 'ended');
    expect(() => heartbeat.assertBeating()).toThrow(/^it has said nothing for \d+ s, and was ended$/);
    expect(machine.given).toBe(1);
  });

  it('leaves one alone that missed one question, however long ago it answered: we may have been stopped ourselves', async () => {
    const machine = new Machine(false, true, false, true);
    await using heartbeat = watchHeartbeat({ ask: machine.ask, giveUp: machine.giveUp, everyMs: 1, silenceMs: 0 });
    await once(machine, 'asked');
    heartbeat.assertBeating();
    expect(machine.given).toBe(0);
  });

  it('stops asking, also in the middle of a question, when the lease ends', async () => {
    const questions = new EventEmitter();
    const heartbeat = watchHeartbeat({
      ask: (signal) => {
        questions.emit('asked');
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
      },
      giveUp: () => Promise.reject(new Error('it was given up')),
      everyMs: 1,
      silenceMs: 0,
    });
    await once(questions, 'asked');
    await heartbeat[Symbol.asyncDispose]();
    heartbeat.assertBeating();
  });
});
