import { hostname, userInfo } from 'node:os';
import { BlockedError, messageOf } from '../../util/errors.ts';
import { scoped } from '../../util/scope.ts';
import { readFacts } from '../shared/read-facts.ts';
import { assertFit } from '../shared/assert-fit.ts';
import type { HostNeeds } from '../needs.ts';
import { loopNumbers } from '../shared/fixture-plan.ts';
import type { Connection, Host, LeaseContext } from '../host.ts';
import { connectRemote } from '../shared/remote.ts';
import { assertDisposable, assertUsable, examine } from './examine.ts';
import { releaseMachine, takeMachine } from './release.ts';

export interface MachineOptions {
  /** "ssh host metal-1", for sentences. */
  what: string;
  /** How it is reached while the lease lasts. */
  connection: Connection;
  /** How `clean` reaches it when this process is gone. */
  afterwards: Connection;
  declared: boolean;
  sparePci: string | undefined;
  needs: HostNeeds;
  token: string;
}

/** A machine that podproof did not make, taken for one run: refused before anything is touched, or given back as it was. */
export async function borrowMachine(
  options: MachineOptions,
  context: LeaseContext,
): Promise<Pick<Host, 'facts' | 'fixtures' | 'missingFeatures'> & AsyncDisposable> {
  const { what, token } = options;
  const remote = connectRemote(options.connection);
  const answers = await examine(remote);
  assertDisposable(what, options.declared, answers);
  assertUsable(what, answers);
  const fixtures = { disks: loopNumbers(), pci: options.sparePci ?? null, kernel: true };
  const missingFeatures = await assertFit(what, remote, options.needs, fixtures);
  return scoped(async (scope) => {
    const receipt = await context.ledger.record({
      kind: 'machine',
      token,
      ...options.afterwards,
      prefix: [...options.afterwards.prefix],
    });
    scope.onRelease(what, async () => {
      try {
        await releaseMachine(remote, token);
        await receipt.done();
      } catch (error) {
        // A machine that was lost cannot be tidied now; what it did to the run is reported elsewhere, and clean knows of it.
        context.progress(`${what} was not given back: ${messageOf(error)}; run podproof clean when it is reachable`);
      }
    });
    const other = await takeMachine(remote, token, `run ${context.ledger.run} of ${userInfo().username}@${hostname()}`);
    if (other !== undefined)
      throw new BlockedError(`Cannot use ${what}: ${other} has it`, {
        remedy: 'wait for that run, or, if it was killed, run podproof clean where it ran',
      });
    const facts = await readFacts(remote, {
      accelerator: 'none',
      acceleratorReason: `podproof did not start this machine (${answers.hostname}), so nobody knows what executes it`,
      ownKernel: true,
      disposable: true,
    });
    return { facts, fixtures, missingFeatures };
  });
}
