import { Command } from 'commander';
import { acquireHost } from '../../hosts/registry.ts';
import { cleanVerb } from '../../verbs/clean.ts';
import { sayWhy } from '../../verbs/failure.ts';
import { planVerb } from '../../verbs/plan.ts';
import { qualifyVerb } from '../../verbs/qualify.ts';
import { reportVerb } from '../../verbs/report.ts';
import { runVerb } from '../../verbs/run.ts';
import { shellVerb } from '../../verbs/shell.ts';
import { tryVerb } from '../../verbs/try.ts';
import { acquireFake } from '../fake-host/host.ts';

/** A host with an ssh configuration of its own is a real one. */
const acquire: typeof acquireHost = (...lease) => {
  const [, spec] = lease;
  return spec.kind === 'ssh' && spec.configFile !== undefined ? acquireHost(...lease) : acquireFake(...lease);
};

/** podproof as it is, as a process of its own, but for its hosts. */
const program = new Command('podproof').option('--matrix <file>').option('--results <directory>', '', 'results');
planVerb(program);
reportVerb(program);
runVerb(program, '0.0.0', { acquire });
qualifyVerb(program, '0.0.0', { acquire });
tryVerb(program, '0.0.0', { acquire });
shellVerb(program, '0.0.0', { acquire });
cleanVerb(program);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = sayWhy(error);
}
