import fc from 'fast-check';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { observation } from '../testing/evidence.ts';
import { median, type CostTable } from '../model/cost-table.ts';
import { stateDirectory } from '../util/paths.ts';
import { learnCosts, measured, readCosts, remember } from './costs.ts';
import type { JournalEvent } from '../model/journal.ts';
import type { Observation } from '../model/observation.ts';

afterEach(() => void vi.unstubAllEnvs());

const span = (phase: string, name: string, startMs: number, durationMs: number): JournalEvent => ({
  event: 'span',
  span: { phase, name, startMs, durationMs },
});
const pod = (cell: string, startMs: number, endMs: number): Observation => ({ ...observation, cell, startMs, endMs });
const [runc, crun] = ['debian-13/containerd-1.7.24/runc-1.1.15', 'debian-13/containerd-1.7.24/crun-1.21'];

describe('what a run took', () => {
  it('is the time of hosts and engines, and of each cell its share of the lease for each of its pods', () => {
    const events = [
      span('host', 'debian-13', 0, 6_000),
      span('host', 'debian-13: fixtures and artifacts', 6_000, 2_000),
      span('engine', 'debian-13/containerd-1.7.24 (ownership)', 8_000, 4_000),
      span('pods', 'debian-13/containerd-1.7.24 (ownership)', 12_000, 30_000),
    ];
    // Two runc pods of 10 s beside one crun pod of 20 s, and one of another lease.
    const observations = [
      pod(runc, 12_000, 22_000),
      pod(runc, 22_000, 32_000),
      pod(crun, 13_000, 33_000),
      pod('debian-13/containerd-1.7.241/runc-1.1.15', 13_000, 33_000),
    ];
    expect(measured(events, observations)).toEqual({
      schema: 1,
      host: [6],
      engine: [4],
      pod: { [runc]: [7.5], [crun]: [15] },
    });
  });

  it('is nothing where nothing ran', () => {
    expect(measured([span('pods', 'debian-13/containerd-1.7.24 (ownership)', 0, 10)], [])).toEqual({
      schema: 1,
      host: [],
      engine: [],
      pod: {},
    });
  });
});

describe('what a machine has learned', () => {
  it('is the last five of everything, the newest last', () => {
    const of = (value: number): CostTable => ({ schema: 1, host: [value], engine: [], pod: { [runc]: [value] } });
    const table = [1, 2, 3, 4, 5, 6, 7].map(of).reduce(remember);
    expect(table).toMatchObject({ host: [3, 4, 5, 6, 7], pod: { [runc]: [3, 4, 5, 6, 7] } });
  });

  it('is believed by its middle, which one odd run does not move', () => {
    expect(median([10, 11, 900, 9, 12])).toBe(11);
    expect(median([])).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1 }), (values) => {
        expect(values).toContain(median(values));
      }),
    );
  });

  it('is kept for this user of the machine, also when several runs end at once', async () => {
    await using place = await temporary();
    vi.stubEnv('XDG_STATE_HOME', place.path);
    expect(await readCosts()).toEqual({ schema: 1, host: [], engine: [], pod: {} });
    await Promise.all([1, 2, 3].map((host) => learnCosts({ schema: 1, host: [host], engine: [], pod: {} })));
    expect(new Set((await readCosts()).host)).toEqual(new Set([1, 2, 3]));
  });

  it.each(['', '{}', '{"schema":1,"host":[-1],"engine":[],"pod":{}}', '[]'])('is nothing when its file is %j', async (text) => {
    await using place = await temporary();
    vi.stubEnv('XDG_STATE_HOME', place.path);
    await mkdir(stateDirectory(), { recursive: true });
    await writeFile(join(stateDirectory(), 'costs.json'), text);
    expect((await readCosts()).host).toEqual([]);
  });
});
