import type { Command } from 'commander';
import { styleText } from 'node:util';
import { answerFailure } from '../ask/failure-answer.ts';
import { narrowTested, wanted, type Wanted } from '../ask/narrow.ts';
import { failureReply } from '../ask/reply/failure-reply.ts';
import type { Sheet } from '../ask/reply/lines.ts';
import { symptoms } from '../ask/symptoms/all.ts';
import { escapeText } from '../report/escape.ts';
import { UsageError } from '../util/errors.ts';
import { readTail } from './read-tail.ts';
import { testedOn } from './tested-on.ts';

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
    .argument('<text...>', 'the text of a failure (- reads standard input), words, a question, a verdict, a cell, a known issue')
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
      const engine = component('--engine', flags.engine);
      const runtime = component('--runtime', flags.runtime);
      const isOneWord = !/\s/.test(text.trim());
      const answer = isOneWord || flags.json === true ? undefined : answerFailure(text, symptoms);
      const tested = narrowTested(await testedOn(answer?.causes[0]?.questions ?? []), engine, runtime);
      if (answer !== undefined && flags.all !== true) {
        process.stdout.write(failureReply(answer, sheet(), { tested, all: false, engine, runtime }));
        return;
      }
      // The suites take longer to load than all else, and a failure's cause is known without them.
      const { explainFully, reply } = await import('./explain-fully.ts');
      const told = await explainFully(text, flags.matrix, { engine, runtime });
      if (flags.json === true) process.stdout.write(`${JSON.stringify({ ...told, text: escapeText(text) }, undefined, 2)}\n`);
      else process.stdout.write(reply(told, { sheet: sheet(), all: flags.all === true, engine, runtime, tested }));
      process.exitCode = told.kind === 'unknown' ? 1 : 0;
    });
}

function component(flag: string, text: string | undefined): Wanted | undefined {
  if (text === undefined) return undefined;
  const found = wanted(text);
  if (found === undefined)
    throw new UsageError(
      `Cannot read ${flag}: "${escapeText(text)}" is not a name with or without a version; write ${flag} containerd@1.7`,
    );
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
