import { Command } from 'commander';
import { vi } from 'vitest';
import { judgeVerb } from '../verbs/judge.ts';
import { reportVerb } from '../verbs/report.ts';

/** What a verb that needs no host prints about the runs below `results`. The caller restores standard output. */
export async function printed(results: string, ...words: string[]): Promise<string> {
  const texts: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
  const program = new Command('podproof').option('--results <directory>', '', results).exitOverride();
  for (const verb of [judgeVerb, reportVerb]) verb(program);
  await program.parseAsync(words, { from: 'user' });
  return texts.join('');
}
