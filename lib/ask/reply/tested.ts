import { versionOrder } from '../../report/ranges.ts';
import type { RecordedRule } from '../recorded.ts';

/** Tested versions of each engine, and the runtimes: `containerd 1.6.20 … 2.4.2 (9 versions) with runc, crun: OWN-OFF`. */
export function testedText(recorded: readonly RecordedRule[]): string | undefined {
  const [first] = recorded;
  if (first === undefined) return undefined;
  const engines = [...new Set(first.ranges.map(({ engine }) => engine))];
  return engines
    .map((engine) => {
      const own = first.ranges.filter((range) => range.engine === engine);
      const deviates = own.some(({ answer }) => answer !== 'pass');
      return `${engineName(engine)} ${versionsText(own.flatMap(({ engines: all }) => all))} with ${runtimesText(own)}${deviates ? ' (some deviate)' : ''}`;
    })
    .join('; ')
    .concat(`: ${first.rule}`);
}

/** Engines of which no recorded run tells anything on these questions. */
export function untestedText(recorded: readonly RecordedRule[], questions: readonly string[]): string | undefined {
  if (questions.length === 0) return 'by podproof: none of its questions asks for this cause';
  const seen = new Set(recorded.flatMap(({ ranges }) => ranges.map(({ engine }) => engine)));
  const absent = ['containerd', 'crio'].filter((engine) => !seen.has(engine));
  return absent.length === 0 ? undefined : `${absent.map(engineName).join(' and ')}: no recorded run asks it there`;
}

function runtimesText(ranges: RecordedRule['ranges']): string {
  return [...new Set(ranges.map(({ runtime }) => runtime.split(' ')[0] ?? ''))].join(', ');
}

/** Up to three versions by name; of more the first and the last, and how many. */
function versionsText(versions: readonly string[]): string {
  const sorted = [...new Set(versions)].sort(versionOrder);
  if (sorted.length <= 3) return sorted.join(' · ');
  return `${sorted[0] ?? ''} … ${sorted.at(-1) ?? ''} (${sorted.length} versions)`;
}

export function engineName(engine: string): string {
  return engine === 'crio' ? 'CRI-O' : engine;
}
