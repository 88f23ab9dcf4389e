import { componentFacts } from '../model/feature.ts';
import { inRange } from '../model/version.ts';

/** One file of a release: an archive, or a program under its name. */
export interface ReleaseFile {
  url: string;
  sums?: string | undefined;
  program?: string | undefined;
}

const names: Partial<Record<string, { arch: string; machine: string }>> = {
  x64: { arch: 'amd64', machine: 'x86_64' },
  arm64: { arch: 'arm64', machine: 'aarch64' },
  s390x: { arch: 's390x', machine: 's390x' },
  ppc64: { arch: 'ppc64le', machine: 'ppc64le' },
};

/** Where upstream published this version for this machine's architecture; nothing when the table has no row for it. */
export function upstreamRelease(
  artifact: { name: string; version: string; shim?: 'go' | 'rust' },
  architecture: string = process.arch,
): ReleaseFile[] {
  const version = artifact.version.replace(/^v/, '');
  const row = componentFacts(artifact.name)?.releases.find(
    (each) => inRange(version, each.versions) && (each.shim === undefined || each.shim === artifact.shim),
  );
  const names_ = names[architecture];
  if (row === undefined || names_ === undefined) return [];
  return (row.programs ?? [undefined]).map((program) => {
    const known: Record<string, string> = { version, program: program ?? '', ...names_ };
    const fill = (template: string): string => template.replace(/\{(\w+)\}/g, (_, key: string) => known[key] ?? '');
    const url = (known['url'] = fill(row.url));
    return { url, sums: row.sums && fill(row.sums), program };
  });
}
