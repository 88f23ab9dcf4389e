import type { Command } from 'commander';
import { knownIssues, suites } from '../../suites/all.ts';
import { cellIds, looksLikeCell } from '../ask/cell.ts';
import { explain } from '../ask/explain.ts';
import { symptoms } from '../ask/symptoms.ts';
import { explanationText } from '../ask/text.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { unknownWord } from '../model/matrix/suggest.ts';
import { visible } from '../report/visible.ts';
import { UsageError } from '../util/errors.ts';
import { referenceDocuments } from './recorded.ts';

export function explainVerb(program: Command): void {
  program
    .command('explain')
    .argument('<text...>', 'a rule, a verdict, a cell, a known issue, or the text of an error')
    .description('what it means, where it applies, what is known, and what helps at which cost')
    .option('--json', 'for machines')
    .action(async (words: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<{ matrix: string; json?: boolean }>();
      const text = words.join(' ');
      const matrix = looksLikeCell(text.trim()) ? await loadMatrix(flags.matrix) : undefined;
      const answer = explain(text, { suites, known: knownIssues, symptoms }, matrix, await referenceDocuments());
      const unknown = answer.kind === 'unknown';
      if (unknown && matrix !== undefined) throw new UsageError(unknownWord('cell', text.trim(), cellIds(matrix)));
      if (flags.json === true) process.stdout.write(`${JSON.stringify({ ...answer, text: visible(text) }, undefined, 2)}\n`);
      else (unknown ? process.stderr : process.stdout).write(explanationText(answer));
      process.exitCode = unknown ? 2 : 0;
    });
}
