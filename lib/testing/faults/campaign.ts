import { random } from '../../util/random.ts';
import { mayMount, type Fault, type Target } from './experiment.ts';
import { EngineFault } from './fault.ts';
import { victims } from './vm.ts';

/** How many calls an undisturbed run makes to its engine, and how long it takes on an idle machine, in milliseconds. */
const calls = 34;
const duration = 9_000;

/** The fault of that number: the same for the same seed. Kills are half of them, as they can hit anywhere. */
export function faultOf(target: Target, seed: number, index: number): Fault {
  const dice = random(seed, index);
  // Every victim in turn, as there are few: a run in a machine takes minutes.
  if (target === 'vm') return { kind: 'vm', victim: victims[index % victims.length] ?? 'podproof', ms: dice.below(15_000) };
  const engine = (what: EngineFault['what']): Fault => ({ kind: 'engine', what, at: 1 + dice.below(calls) });
  switch (dice.below(12)) {
    case 0:
    case 1:
    case 2:
      return engine('kill podproof');
    case 3:
      return { kind: 'kill at', ms: 500 + dice.below(duration) };
    case 4:
      return { kind: 'clock jump', ms: dice.pick([-1, 1]) * dice.pick([3_000, 3_600_000, 30 * 86_400_000]) };
    case 5:
      return mayMount ? { kind: 'disk full', kib: 16 + 4 * dice.below(40) } : engine('kill podproof');
    case 6:
      return { kind: 'registry', manner: dice.pick(['stalls', 'truncates', 'lies']) };
    default:
      return engine(dice.pick(EngineFault.shape.what.options.filter((what) => what !== 'kill podproof')));
  }
}
