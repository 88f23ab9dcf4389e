import type { Command } from 'commander';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireHost, examineThisMachine } from '../hosts/registry.ts';
import { leastNeeds } from '../hosts/needs.ts';
import type { Check } from '../hosts/doctor/check.ts';
import { examineHost } from '../hosts/doctor/host.ts';
import { openLedger } from '../hosts/shared/ledger.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { unknownWord } from '../model/matrix/suggest.ts';
import { progressOn } from '../run/progress.ts';
import { UsageError } from '../util/errors.ts';
import { widthOf, wrap } from '../util/wrap.ts';
import { print } from './print.ts';

export function doctorVerb(program: Command): void {
  program
    .command('doctor')
    .description('what this machine and each host can run, and the exact fix for each gap')
    .option('--host <id>', 'bring this host of the matrix up and examine it too')
    .option('--json', 'for machines')
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<{ matrix: string; host?: string; json?: boolean }>();
      const checks = await examineThisMachine();
      if (flags.host !== undefined) checks.push(...(await hostChecks(flags.matrix, flags.host)));
      print(flags.json, checks, () => checksText(checks, widthOf(process.stdout)));
      process.exitCode = checks.some((check) => check.status === 'missing') ? 75 : 0;
    });
}

async function hostChecks(matrixFile: string, id: string): Promise<Check[]> {
  const matrix = await loadMatrix(matrixFile);
  const spec = Object.hasOwn(matrix.hosts, id) ? matrix.hosts[id] : undefined;
  if (spec === undefined) throw new UsageError(`--host: ${unknownWord('host', id, Object.keys(matrix.hosts))}`);
  using progress = progressOn(process.stderr);
  const context = {
    ledger: await openLedger(`doctor-${process.pid}`),
    logs: join(tmpdir(), `podproof-doctor-${process.pid}`),
    signal: new AbortController().signal,
    progress: (text: string) => progress.line('host', text),
  };
  await using host = await acquireHost(id, spec, context, { variant: 'plain', needs: leastNeeds });
  return examineHost(host.facts);
}

const words: Record<Check['status'], string> = { ok: 'ok     ', warn: 'warning', missing: 'missing' };

const margin = 9;

/** What was found, one check after the other, for a terminal of `width` columns. */
export function checksText(checks: readonly Check[], width: number): string {
  const linesOf = ({ status, title, found, detail, fix }: Check): string[] => [
    ...wrap(`${words[status]}  ${title}: ${found}`, width, margin),
    ...(detail?.split('\n') ?? []).map((each) => `${' '.repeat(margin)}| ${each}`),
    ...(fix === undefined ? [] : wrap(`${' '.repeat(margin)}fix: ${fix}`, width, margin + 'fix: '.length)),
  ];
  return checks
    .flatMap(linesOf)
    .map((line) => `${line}\n`)
    .join('');
}
