import { expect, it } from 'vitest';
import { workerContext } from '../testing/worker.ts';
import { openHandover, takeContext } from './handover.ts';

it('waits for the later of the worker and its context', async () => {
  const context = workerContext({}, { pods: 7 });
  {
    using handover = openHandover();
    handover.give(context);
    expect(await takeContext(handover.name)).toEqual(context);
  }
  {
    using handover = openHandover();
    const taken = takeContext(handover.name);
    handover.give(context);
    expect(await taken).toEqual(context);
  }
});

it('tells a worker for which there is nothing to test, and nothing to any other', async () => {
  using handover = openHandover();
  using other = openHandover();
  const taken = [takeContext(handover.name), takeContext(other.name)];
  handover.give(undefined);
  handover.give(workerContext({}, { pods: 1 }));
  other.give(workerContext({}, { pods: 2 }));
  expect(await Promise.all(taken)).toEqual([undefined, expect.objectContaining({ pods: 2 })]);
});
