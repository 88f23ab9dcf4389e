import { Command } from 'commander';
import { acquireHost } from '../../hosts/registry.ts';
import { messageOf, UsageError } from '../../util/errors.ts';
import { planVerb } from '../../verbs/plan.ts';
import { qualifyVerb } from '../../verbs/qualify.ts';
import { reportVerb } from '../../verbs/report.ts';
import { runVerb } from '../../verbs/run.ts';
import { tryVerb } from '../../verbs/try.ts';
import { acquireFake } from './fake-host.ts';

/** A host with an ssh configuration of its own is a real one. */
const acquire: typeof acquireHost = (id, spec, context, options) =>
  spec.kind === 'ssh' && spec.configFile !== undefined
    ? acquireHost(id, spec, context, options)
    : acquireFake(id, spec, context, options);

/** podproof as it is, as a process of its own, but for its hosts. */
const program = new Command('podproof').option('--matrix <file>').option('--results <directory>', '', 'results');
planVerb(program);
reportVerb(program);
runVerb(program, '0.0.0', { acquire });
qualifyVerb(program, '0.0.0', { acquire });
tryVerb(program, '0.0.0', { acquire });
try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`podproof: ${messageOf(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 75;
}
