import { compareVersions } from '../model/version.ts';
import type { RecordedRule } from './recorded.ts';

/** An engine or a runtime that answers are narrowed to: `crio@1.36` is every version that begins so, `kata` every version. */
export interface Wanted {
  name: string;
  version?: string | undefined;
}

/** `crio@1.36`, `CRI-O`, `kata`; undefined for what is no name. */
export function wanted(text: string): Wanted | undefined {
  const [, name, version] = /^([a-z][a-z-]*)(?:@v?(\d[\w.+-]*))?$/i.exec(text.trim()) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase().replaceAll('-', ''), version };
}

/** The recorded ranges of this engine and runtime, with the versions that are meant. */
export function narrowed(
  recorded: readonly RecordedRule[],
  engine: Wanted | undefined,
  runtime: Wanted | undefined,
): RecordedRule[] {
  return recorded.flatMap((rule): RecordedRule[] => {
    const ranges = rule.ranges.flatMap((range) => {
      const engines = versionsOf(range.engine, range.engines, engine);
      const runtimes = versionsOf(range.runtime.split(' ')[0] ?? '', range.runtimes, runtime);
      return engines.length === 0 || runtimes.length === 0 ? [] : [{ ...range, engines, runtimes }];
    });
    const lines = rule.lines.filter(
      (_, index) => index >= rule.ranges.length || ranges.some((range) => sameTrack(range, rule.ranges[index])),
    );
    return ranges.length === 0 ? [] : [{ ...rule, ranges, lines }];
  });
}

/** What of `containerd 1.6, CRI-O 1.22` this engine misses, as a sentence; undefined where nothing is known to be missing. */
export function tooOld(since: string | undefined, engine: Wanted | undefined): string | undefined {
  if (since === undefined || engine?.version === undefined) return undefined;
  for (const part of since.split(/[,;] /)) {
    const [, name = '', version = ''] = /^([\w-]+) (\d[\w.]*)/.exec(part) ?? [];
    if (name.toLowerCase().replaceAll('-', '') === engine.name && compareVersions(engine.version, version) < 0)
      return `${name} ${engine.version} is too old for it: ${version} on`;
  }
  return undefined;
}

function versionsOf(name: string, versions: string[], want: Wanted | undefined): string[] {
  if (want === undefined) return versions;
  if (name.replaceAll('-', '') !== want.name) return [];
  const { version } = want;
  return version === undefined ? versions : versions.filter((each) => each === version || each.startsWith(`${version}.`));
}

function sameTrack(a: RecordedRule['ranges'][number], b: RecordedRule['ranges'][number] | undefined): boolean {
  return b !== undefined && a.engine === b.engine && a.runtime === b.runtime && a.answer === b.answer;
}
