import { partsOf } from '../model/flavour.ts';
import { compareVersions, inRange } from '../model/version.ts';
import type { Tested } from './tested.ts';

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

/** What was tested with this engine and this runtime. */
export function narrowTested(tested: readonly Tested[], engine: Wanted | undefined, runtime: Wanted | undefined): Tested[] {
  return tested.filter(
    (each) => isMeant(each.engine, each.engineVersion, engine) && isMeant(each.runtime, each.runtimeVersion, runtime),
  );
}

/** That this component's version is outside of all its ranges, as a sentence; undefined where it is not, or none is given. */
export function outside(ranges: readonly string[], component: Wanted | undefined): string | undefined {
  const { name, version } = component ?? {};
  const own = ranges.map((range) => range.split(' ')).filter(([of]) => of === name);
  if (name === undefined || version === undefined || own.length === 0) return undefined;
  return own.some(([, ...range]) => inRange(version, range.join(' '))) ? undefined : `${name} ${version} is outside of that`;
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

/** Versions of one engine with one runtime; nothing where none of them is meant. */
export function narrowRange<T extends { engines: readonly string[]; runtimes: readonly string[] }>(
  range: T,
  of: { engine: string; runtime: string },
  { engine, runtime }: { engine?: Wanted | undefined; runtime?: Wanted | undefined },
): Array<Omit<T, 'engines' | 'runtimes'> & { engines: string[]; runtimes: string[] }> {
  const engines = range.engines.filter((version) => isMeant(of.engine, version, engine));
  const runtimes = range.runtimes.filter((version) => isMeant(partsOf(of.runtime).name, version, runtime));
  return engines.length === 0 || runtimes.length === 0 ? [] : [{ ...range, engines, runtimes }];
}

/** Whether this component is the one that is meant, or any is. */
export function isMeant(name: string, version: string, want: Wanted | undefined): boolean {
  if (want === undefined) return true;
  if (name.replaceAll('-', '') !== want.name) return false;
  return want.version === undefined || version === want.version || version.startsWith(`${want.version}.`);
}
