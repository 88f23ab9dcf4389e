import { describe, expect, it, vi } from 'vitest';
import { JournalEvent } from '../model/journal.ts';
import { timelineFrom } from './timeline.ts';

describe('timeline', () => {
  it('accounts for work in milliseconds since the run started', async () => {
    const events: JournalEvent[] = [];
    const timeline = timelineFrom(Date.now() - 5_000, (event) => events.push(event));
    expect(await timeline.span('engine', 'containerd-1.7.24', async () => 'ready')).toBe('ready');
    expect(events).toMatchObject([{ event: 'span', span: { phase: 'engine', name: 'containerd-1.7.24' } }]);
    const [event] = events;
    if (event?.event !== 'span') throw new Error('no span');
    expect(event.span.startMs).toBeGreaterThanOrEqual(5_000);
    expect(event.span.durationMs).toBeGreaterThanOrEqual(0);
    expect(JournalEvent.parse(event)).toEqual(event);
  });

  it('accounts for work that fails too, and passes its failure on', async () => {
    const events: JournalEvent[] = [];
    const timeline = timelineFrom(Date.now(), (event) => events.push(event));
    await expect(timeline.span('host', 'debian-13', () => Promise.reject(new Error('no image')))).rejects.toThrow('no image');
    expect(events).toHaveLength(1);
  });

  it('is not misled by a wall clock that jumps, nor by one that shows a time before the run started', async () => {
    const events: JournalEvent[] = [];
    const timeline = timelineFrom(Date.now() + 3_600_000, (event) => events.push(event));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    try {
      await timeline.span('engine', 'containerd-1.7.24', async () => vi.setSystemTime(Date.now() - 30 * 86_400_000));
    } finally {
      vi.useRealTimers();
    }
    const [event] = events;
    if (event?.event !== 'span') throw new Error('no span');
    expect(event.span.startMs).toBeGreaterThanOrEqual(0);
    expect(event.span.startMs).toBeLessThan(60_000);
    expect(event.span.durationMs).toBeGreaterThanOrEqual(0);
    expect(event.span.durationMs).toBeLessThan(60_000);
  });
});
