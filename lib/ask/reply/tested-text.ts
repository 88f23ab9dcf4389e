import { engines } from '../../engines/facts.ts';
import { ownName } from '../../report/own-name.ts';
import { versionOrder } from '../../report/ranges.ts';
import { keysOf } from '../../util/keys-of.ts';
import type { Wanted } from '../narrow.ts';
import type { Tested } from '../tested.ts';

/** Tested versions of each engine, and the runtimes: `containerd 1.6.20 … 2.4.2 (9 versions) with runc, crun: OWN-OFF`. */
export function testedText(tested: readonly Tested[]): string | undefined {
  const [first] = tested;
  if (first === undefined) return undefined;
  const own = tested.filter(({ question }) => question === first.question);
  return [...new Set(own.map(({ engine }) => engine))]
    .map((engine) => {
      const under = own.filter((each) => each.engine === engine);
      const runtimes = [...new Set(under.map(({ runtime }) => runtime))].join(', ');
      const deviates = under.some(({ asDocumented }) => !asDocumented);
      return `${ownName(engine)} ${versionsText(under.map(({ engineVersion }) => engineVersion))} with ${runtimes}${deviates ? ' (some deviate)' : ''}`;
    })
    .join('; ')
    .concat(`: ${first.question}`);
}

/** Engines of which no recorded run tells anything on these questions; of a narrowed answer only the one that is meant. */
export function untestedText(tested: readonly Tested[], questions: readonly string[], engine?: Wanted): string | undefined {
  if (questions.length === 0) return 'by podproof: no question asks for this cause';
  const seen = new Set(tested.map((each) => each.engine));
  const absent = keysOf(engines).filter((name) => !seen.has(name) && (engine === undefined || engine.name === name));
  if (absent.length === 0) return undefined;
  const version = engine?.version === undefined ? '' : ` ${engine.version}`;
  return `${absent.map(ownName).join(' and ')}${version}: no recorded run asks it there`;
}

/** Up to three versions by name; of more the first and the last, and how many. */
function versionsText(versions: readonly string[]): string {
  const sorted = [...new Set(versions)].sort(versionOrder);
  if (sorted.length <= 3) return sorted.join(' · ');
  return `${sorted[0] ?? ''} … ${sorted.at(-1) ?? ''} (${sorted.length} versions)`;
}
