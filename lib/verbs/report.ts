import type { Command } from 'commander';
import type { Plan } from '../plan/cell.ts';
import type { Document } from '../record/document.ts';
import { scenarioKey, type Observation } from '../record/observation.ts';
import { RunFolder } from '../record/run-folder.ts';
import { renderJson } from '../report/json.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { rulebookFor } from './rulebook.ts';

/** Writes every report beside the records and says on standard output what came out. */
export async function publish(folder: RunFolder, plan: Plan, document: Document, json: boolean): Promise<void> {
  const observations = await folder.observations(plan.cells.map((cell) => cell.id));
  const evidence = new Map<string, Observation>(observations.map(({ observation }) => [scenarioKey(observation), observation]));
  await writeReports(document, evidence, folder.path);
  process.stdout.write(json ? renderJson(document) : renderTerminal(document, { reportPath: `${folder.path}/report.html` }));
}

export function reportVerb(program: Command): void {
  program
    .command('report')
    .argument('<run>', 'a run folder, or its name below --results')
    .description('render the reports of a run again')
    .option('--json', 'print report.json instead of a summary')
    .action(async (name: string, _, command: Command) => {
      const flags = command.optsWithGlobals<{ results: string; json?: boolean }>();
      const folder = await RunFolder.open(name, flags.results);
      const plan = await folder.plan();
      await publish(folder, plan, await judgeFolder(folder, plan, rulebookFor(plan)), flags.json === true);
    });
}
