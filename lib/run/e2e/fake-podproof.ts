import { Command } from 'commander';
import { messageOf, UsageError } from '../../util/errors.ts';
import { planVerb } from '../../verbs/plan.ts';
import { reportVerb } from '../../verbs/report.ts';
import { runVerb } from '../../verbs/run.ts';
import { acquireFake } from './fake-host.ts';

/** podproof as it is, as a process of its own, but for its hosts. */
const program = new Command('podproof').option('--matrix <file>').option('--results <directory>', '', 'results');
planVerb(program);
reportVerb(program);
runVerb(program, '0.0.0', { acquire: acquireFake });
try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`podproof: ${messageOf(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 75;
}
