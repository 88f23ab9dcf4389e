import { type Command, InvalidArgumentError } from 'commander';
import { clean, cleanCache, forget, type Cleaned } from '../hosts/shared/clean.ts';
import { endKept, keptHosts } from '../hosts/shared/kept.ts';
import { BlockedError, sentenceOf } from '../util/errors.ts';
import type { CacheEntry } from '../util/cache.ts';
import { widthOf, wrapText } from '../util/wrap.ts';
import { print } from './print.ts';

interface Flags {
  dryRun?: boolean;
  all?: boolean;
  cache?: number | true;
  forget?: string;
  json?: boolean;
}

export function cleanVerb(program: Command): void {
  program
    .command('clean')
    .description(
      'give back hosts that are kept, and undo what killed runs left behind, from the ledger; exit code 75 where something could not be undone',
    )
    .option('--dry-run', 'only say what would be done')
    .option('--all', 'also what belongs to runs that are still going')
    .option('--cache [days]', 'also images, snapshots, artifacts and downloads that no run has used for so long (30)', daysOf)
    .option(
      '--forget <token>',
      'only strike a machine or container that is gone for good from the ledger, by the token that clean prints',
    )
    .option('--json', 'for machines')
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const dryRun = flags.dryRun ?? false;
      const kept = flags.forget === undefined ? await giveBack(dryRun) : [];
      const cleaned =
        flags.forget === undefined ? await clean({ dryRun, all: flags.all ?? false }) : [await forget(flags.forget, { dryRun })];
      const failed = cleaned.some(({ outcome }) => outcome === 'failed');
      const cache = flags.cache === undefined ? undefined : await ofCache(flags.cache === true ? 30 : flags.cache, dryRun);
      print(flags.json, cache === undefined ? cleaned : { cleaned, cache }, () => {
        const left = cleaned.length + kept.length === 0 ? ['Nothing is left of any run.'] : [...kept, ...cleaned.map(describe)];
        const lines = [...left, ...(cache === undefined ? [] : describeCache(cache, dryRun))];
        return `${wrapText(lines.join('\n'), widthOf(process.stdout), 2)}\n`;
      });
      process.exitCode = failed || (cache !== undefined && 'why' in cache) ? 75 : 0;
    });
}

/** Ends what keeps hosts up for people to look around. */
async function giveBack(dryRun: boolean): Promise<string[]> {
  const all = await keptHosts();
  if (!dryRun) await Promise.all(all.map(endKept));
  return all.map(
    ({ host, run, owner }) =>
      `${dryRun ? 'would be given back' : 'given back'}: host ${host}, which process ${owner.pid} of run ${run} kept up`,
  );
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!/^\d+$/.test(text) || days > 36_500) throw new InvalidArgumentError('It is a whole number of days, such as 30.');
  return days;
}

async function ofCache(days: number, dryRun: boolean): Promise<CacheEntry[] | { why: string }> {
  try {
    return await cleanCache(days, { dryRun });
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    return { why: sentenceOf(error) };
  }
}

function describe({ run, entry, outcome, detail }: Cleaned): string {
  const what = entry.kind === 'path' ? entry.path : `${entry.kind} ${entry.token}`;
  const elsewhere = outcome === 'failed' && (entry.kind === 'machine' || entry.kind === 'container');
  const remedy = elsewhere ? `; if it is gone for good: podproof clean --forget ${entry.token}` : '';
  return `${outcome}: ${what} of run ${run}${detail === '' ? '' : `: ${detail}`}${remedy}`;
}

function describeCache(cache: CacheEntry[] | { why: string }, dryRun: boolean): string[] {
  if ('why' in cache) return [cache.why];
  if (cache.length === 0) return ['Nothing in the cache has been unused for so long.'];
  const word = dryRun ? 'would be removed' : 'removed';
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
  const total = cache.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...cache.map(
      ({ path, bytes, lastUsedMs }) =>
        `${word}: ${path}, ${mebibytes(bytes)}, last used ${new Date(lastUsedMs).toISOString().slice(0, 10)}`,
    ),
    `${mebibytes(total)} of the cache ${dryRun ? 'would be free' : 'are free'}.`,
  ];
}
