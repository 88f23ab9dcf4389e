import { inRange } from '../../model/version.ts';
import { vmmFacts, type Shim, type Vmm } from './facts.ts';

/** The configuration template of this version, relative to the prefix; undefined where that release has none. */
export function kataTemplate(release: { version: string; shim: Shim; vmm: Vmm }): string | undefined {
  const row = vmmFacts(release.vmm).templates.find(
    ({ shim, versions }) => shim === release.shim && inRange(release.version, versions),
  );
  return row === undefined ? undefined : `share/defaults/kata-containers/${row.file}`;
}
