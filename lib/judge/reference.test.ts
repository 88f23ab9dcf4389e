import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Document, type Verdict, verdictId } from '../model/document.ts';
import { readDocument } from '../record/read-document.ts';
import type { Observation } from '../model/observation.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { catalogFor } from '../verbs/catalog.ts';
import { frozen } from '../testing/evidence.ts';
import { assemble } from './assemble.ts';
import { Recorded, recordedRuns } from '../testing/recorded.ts';
import { symptomOf } from './symptoms.ts';

const runs = recordedRuns();

function judgements(verdicts: readonly Verdict[]): string[] {
  return verdicts
    .map(({ cell, suite, scenario, question, verdict }) => `${cell} ${suite} ${scenario} ${question}: ${verdict}`)
    .sort();
}

function committed(path: string): Promise<Document> {
  return readDocument(join(path, 'report.json'));
}

describe('recorded evidence', () => {
  it('is there', () => {
    expect(runs).not.toEqual([]);
  });

  it.for(runs)('of $name is judged today as it was when it was committed', async ({ folder }) => {
    const plan = await folder.plan();
    const document = await judgeFolder(folder, catalogFor(plan));
    const before = await committed(folder.path);
    expect(judgements(document.verdicts)).toEqual(judgements(before.verdicts));
    expect(document.counts).toEqual(before.counts);
    expect(document.run.exit).toBe(before.run.exit);
  });

  it.for(runs)('of $name is whole: nothing is blocked, missing, void or an error', async ({ folder }) => {
    const { counts, run } = await committed(folder.path);
    expect(counts).toMatchObject({ blocked: 0, missing: 0, void: 0, error: 0, fail: 0 });
    expect(run.complete).toBe(true);
  });

  it.for(runs)('of $name is named as its folder, as pages of the site are', async ({ folder }) => {
    const { run } = await committed(folder.path);
    expect(run.id).toBe(basename(folder.path));
  });

  it.for(runs)('of $name names a place of the evidence for every verdict that has one', async ({ folder }) => {
    const { records, verdicts } = await Recorded.read(folder, catalogFor);
    const places = new Set(records.observations.map(({ at }) => at));
    for (const { question, verdict, evidence } of verdicts) {
      if (verdict !== 'unsupported') expect(places, question).toContain(evidence);
    }
  });

  it.for(runs)('of $name is judged without being written to, and the same each time', async ({ folder }) => {
    const { records } = await Recorded.read(folder, catalogFor);
    const catalog = catalogFor(records.plan);
    expect(assemble(frozen(records), catalog)).toEqual(assemble(structuredClone(records), catalog));
  });
});

describe('the defaults of an emulated host', () => {
  it('survive twenty Kata pods in a row', async () => {
    const rows = await Promise.all(
      runs.map(async ({ folder }) => {
        const { records } = await Recorded.read(folder, catalogFor);
        const emulated = records.events.filter((event) => event.event === 'host' && event.facts.accelerator === 'tcg');
        return emulated.length === 0 ? 0 : longestRow(records.observations.map(({ observation }) => observation));
      }),
    );
    expect(Math.max(...rows)).toBeGreaterThanOrEqual(20);
  });
});

/** Kata pods that were launched one after the other without losing the host or a guest's answer. */
function longestRow(observations: readonly Observation[]): number {
  const kata = observations
    .filter(({ cell, calls }) => cell.includes('/kata-') && calls.some(({ call }) => call === 'RunPodSandbox'))
    .sort((a, b) => a.startMs - b.startMs);
  let [longest, row] = [0, 0];
  for (const { outcome } of kata) {
    row = outcome.kind === 'host-lost' || symptomOf(outcome) !== undefined ? 0 : row + 1;
    longest = Math.max(longest, row);
  }
  return longest;
}

/** Questions that judge the engine's configuration, not what became of the pod. */
const ofTheEngine = ['ID-API', 'ID-CONFIG', 'ID-ENGINE', 'OWN-EFFECTIVE'];
/** Questions that judge what was left on the host, whatever became of the pod. */
const ofTheHost = ['HYG-OURS', 'HYG-RUNTIME'];

describe('a question that passed', () => {
  it.for(runs)('in $name fails when its pod is refused for a reason that nobody documented', async ({ folder }) => {
    const recorded = await Recorded.read(folder, catalogFor);
    const refused = { kind: 'refused' as const, call: 'RunPodSandbox', code: 'UNKNOWN', message: 'no space left on device' };
    const observations = recorded.edited(
      () => true,
      (observation) => (observation.outcome = refused),
    );
    const turned = recorded.changedVerdicts({ records: { observations } });
    expect(new Set(turned.map(({ verdict }) => verdict))).toEqual(new Set(['fail']));
    const failed = new Set(turned.map(verdictId));
    const deaf = recorded.verdicts.filter((verdict) => verdict.verdict !== 'unsupported' && !failed.has(verdictId(verdict)));
    expect(deaf.map(({ question }) => question).filter((question) => ![...ofTheEngine, ...ofTheHost].includes(question))).toEqual(
      [],
    );
  });

  it.for(runs)('in $name fails when what the pod and the host showed is lost', async ({ folder }) => {
    const recorded = await Recorded.read(folder, catalogFor);
    const observations = recorded.records.observations.map(({ at, observation }) => {
      const { guest: _guest, host: _host, spec: _spec, leftovers: _leftovers, config: _config, ...rest } = observation;
      return { at, observation: rest };
    });
    const refusals = new Set(
      observations.filter(({ observation }) => observation.outcome.kind === 'refused').map(({ at }) => at),
    );
    const { verdicts } = assemble({ ...recorded.records, observations }, catalogFor(recorded.records.plan));
    const green = verdicts.filter(({ verdict, evidence }) => verdict === 'pass' && !refusals.has(evidence));
    expect(green.map(({ question }) => question).filter((question) => !ofTheEngine.includes(question))).toEqual([]);
  });
});
