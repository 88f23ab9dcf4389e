import type { Selects } from '../judge/applies.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import { RunFolder } from '../record/run-folder.ts';
import { question, type Question } from '../suite/question.ts';
import { engine, hugepages, runtime, type Requirement } from '../suite/requirement.ts';
import { suite } from '../suite/suite.ts';
import { progressOn } from '../run/progress.ts';
import { openWork, type OpenWork } from '../run/open-work.ts';
import { stageOf, type Stage } from '../run/stage.ts';

export const cell: PlannedCell = {
  id: 'debian-13/containerd-1.7.24/runc-1.1.15',
  host: { id: 'debian-13', spec: { kind: 'container', suite: 'trixie' } },
  engine: { name: 'containerd', version: '1.7.24', source: { kind: 'path' } },
  runtime: { name: 'runc', version: '1.1.15', source: { kind: 'path' } },
};
const plan: Plan = { schema: 1, hash: 'h', profile: 'quick', only: '', suites: ['s'], cells: [cell], excluded: [] };
const asked = (id: string, on: string[], needs: Requirement[] = []): Question =>
  question({ id, asks: 'Does it hold?', on, needs, reads: {}, answers: {}, documented: [] });
const table = suite({
  id: 's',
  title: 'Suite',
  scenarios: [
    { id: 'plain', title: 'pod', pod: {} },
    { id: 'guest', title: 'pod', pod: {}, needs: [runtime('kata')] },
    { id: 'pages', title: 'pod', pod: {}, needs: [hugepages] },
    { id: 'crio', title: 'pod', pod: {} },
  ],
  questions: [
    asked('A', ['plain', 'guest', 'pages']),
    asked('B', ['crio'], [engine('crio')]),
    asked('C', ['plain'], [engine('crio')]),
  ],
});

/** What is open of that cell. */
export function openIn(selects: Selects = () => true): OpenWork {
  return openWork([table], selects);
}

/** A run of that cell below `results`, before its first lease, and what it tells. */
export async function stageIn(results: string): Promise<{ stage: Stage; written: string[] }> {
  const written: string[] = [];
  const folder = await RunFolder.create(results, plan);
  const progress = progressOn({ write: (text) => written.push(text) });
  const stage = stageOf({ folder, progress, signal: new AbortController().signal });
  return { stage, written };
}
