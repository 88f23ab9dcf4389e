import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEntries } from '../../../hosts/shared/ledger.ts';
import { assemble, type Records } from '../../../judge/assemble.ts';
import { recordedRuns } from '../../recorded.ts';
import { JournalEvent } from '../../../model/journal.ts';
import { parseRecords } from '../../../record/ndjson.ts';
import { Observation } from '../../../model/observation.ts';
import { renderMarkdown } from '../../../report/markdown.ts';
import { renderTerminal } from '../../../report/terminal.ts';
import { catalogFor } from '../../../verbs/catalog.ts';
import { refusing, type Target } from '../target.ts';

const run = (): ReturnType<typeof recordedRuns>[number] => {
  const found = recordedRuns().find(({ name }) => name === 'containerd-1.7.24');
  if (found === undefined) throw new Error('Cannot fuzz records: there is no recorded run containerd-1.7.24');
  return found;
};

async function observationLines(): Promise<string[]> {
  const cells = join(run().folder.path, 'cells');
  const files = (await readdir(cells, { recursive: true })).filter((name) => name.endsWith('observations.ndjson')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(cells, name), 'utf8')));
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => `${line}\n`);
}

async function records(): Promise<Records> {
  const { folder } = run();
  const plan = await folder.plan();
  const observations = await folder.observations(plan.cells.map(({ id }) => id));
  return { plan, run: folder.id, events: await folder.events(), observations };
}

export const recordTargets: Target[] = [
  {
    name: 'observation',
    corpus: observationLines,
    async open() {
      const known = await records();
      const catalog = catalogFor(known.plan);
      const [first] = known.plan.cells;
      if (first === undefined) throw new Error('Cannot fuzz observations: the recorded plan is empty');
      const plan = { ...known.plan, cells: [first] };
      return {
        try(text) {
          const read = refusing(/^Cannot read observations\.ndjson:\d+: /, () =>
            parseRecords(text, 'observations.ndjson', Observation),
          );
          const observations = (read ?? []).map((observation, index) => ({
            observation: { ...observation, cell: first.id },
            at: `cells/${first.id}/observations.ndjson#${index + 1}`,
          }));
          if (observations.length === 0) return;
          // What can be read can be judged and shown, whatever it says.
          const document = assemble({ ...known, plan, observations }, catalog);
          renderTerminal(document);
          renderMarkdown(document);
        },
      };
    },
  },
  {
    name: 'journal',
    corpus: async () => [await readFile(join(run().folder.path, 'journal.ndjson'), 'utf8')],
    async open() {
      const known = await records();
      const catalog = catalogFor(known.plan);
      return {
        try(text) {
          const events = refusing(/^Cannot read journal\.ndjson:\d+: /, () => parseRecords(text, 'journal.ndjson', JournalEvent));
          if (events !== undefined) renderTerminal(assemble({ ...known, events, observations: [] }, catalog));
        },
      };
    },
  },
  {
    name: 'ledger',
    corpus: async () => {
      const owner = { pid: 4711, start: '123456', boot: '7c9e6679-7425-40de-944b-e07fc1f90ae7' };
      const head = { event: 'created', run: 'r', at: '2026-11-20T10:00:00Z', owner };
      const lines = [
        { ...head, id: 'a', entry: { kind: 'process', token: 'podproof-0123456789ab' } },
        { event: 'started', id: 'a', process: { ...owner, pid: 4712 } },
        { ...head, id: 'b', entry: { kind: 'path', path: '/tmp/podproof-0/x' } },
        { event: 'done', id: 'a' },
      ];
      return [lines.map((line) => `\n${JSON.stringify(line)}\n`).join('')];
    },
    // A ledger that cannot be read would leave everything behind: no text may stop it.
    open: async () => ({ try: (text) => void openEntries(text) }),
  },
];
