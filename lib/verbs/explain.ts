import type { Command } from 'commander';
import { styleText } from 'node:util';
import { looksLikeCell } from '../ask/looks-like-cell.ts';
import { explainFailure, type Explanation } from '../ask/explain.ts';
import { narrowed, wanted, type Wanted } from '../ask/narrow.ts';
import type { Sheet } from '../ask/reply/lines.ts';
import { reply } from '../ask/reply/reply.ts';
import { symptoms } from '../ask/symptoms/all.ts';
import { visible } from '../report/visible.ts';
import { UsageError } from '../util/errors.ts';
import { readTail } from './read-tail.ts';
import { referenceDocuments } from './reference-documents.ts';

interface Flags {
  matrix: string;
  json?: boolean;
  all?: boolean;
  engine?: string;
  runtime?: string;
}

/** Longest text of standard input that is read: its end. In bytes. */
const longest = 16 * 1024 * 1024;

export function explainVerb(program: Command): void {
  program
    .command('explain')
    .argument('<text...>', 'the text of a failure (- reads standard input), a question, a rule, a verdict, a cell, a known issue')
    .description('what it means, which setting helps since which version and at which cost, and what was tested')
    .option('--all', 'everything that is known of it')
    .option('--json', 'for machines')
    .option('--engine <name>', 'only what was tested with this engine: crio, containerd@2.1')
    .option('--runtime <name>', 'only what was tested with this runtime: kata, runc@1.1')
    // A text may begin with a dash: -blockdev ….
    .allowUnknownOption()
    .action(async (words: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const text = words.length === 1 && words[0] === '-' ? await readTail(process.stdin, longest) : words.join(' ');
      const [engine, runtime] = [component('--engine', flags.engine), component('--runtime', flags.runtime)];
      const found = await answer(text, flags);
      const told = { ...found, recorded: narrowed(found.recorded, engine, runtime) };
      if (flags.json === true) process.stdout.write(`${JSON.stringify({ ...told, text: visible(text) }, undefined, 2)}\n`);
      else process.stdout.write(reply(told, { sheet: sheet(), all: flags.all === true, engine }));
      process.exitCode = told.kind === 'unknown' ? 1 : 0;
    });
}

/** A failure is read without the suites, which take longer to load than all else; what they know is added when it is asked for. */
async function answer(text: string, { matrix, all, json }: Flags): Promise<Explanation> {
  const documents = await referenceDocuments();
  const isOneWord = !/\s/.test(text.trim());
  if (!isOneWord && all !== true && json !== true) {
    const failure = explainFailure(text, symptoms, documents);
    if (failure !== undefined) return failure;
  }
  const { explainFully } = await import('./explain-fully.ts');
  return explainFully(text, documents, looksLikeCell(text.trim()) ? matrix : undefined);
}

function component(flag: string, text: string | undefined): Wanted | undefined {
  if (text === undefined) return undefined;
  const found = wanted(text);
  if (found === undefined)
    throw new UsageError(`Cannot read ${flag}: "${visible(text)}" is no name with a version; write ${flag} containerd@1.7`);
  return found;
}

function sheet(): Sheet {
  const { stdout, env } = process;
  const coloured = stdout.isTTY && (env.NO_COLOR ?? '') === '';
  const styles = { heading: 'bold', label: 'cyan' } as const;
  return {
    width: Math.min(120, Math.max(40, stdout.isTTY ? stdout.columns : 80)),
    paint: (style, text) => (coloured ? styleText(styles[style], text) : text),
  };
}
