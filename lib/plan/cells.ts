import { hostKindFacts, type HostSpec } from '../hosts/facts.ts';
import { EngineName, RuntimeName, type Matrix, type Profile, type RuntimeVersion, type Source } from '../model/matrix/matrix.ts';
import { picks, versionLabel } from '../model/matrix/pick.ts';
import { componentKey, type Component, type PlannedCell } from '../model/cell.ts';
import { hasFeature } from '../model/feature.ts';
import { newest } from '../model/version.ts';
import { vmmFacts } from '../runtimes/kata/facts.ts';

/** The version that each floating one came to, by the key of its component. */
export type FoundVersions = ReadonlyMap<string, string>;

export interface ExcludedCell {
  cell: PlannedCell;
  /** One sentence for the plan and the report. */
  why: string;
}

/**
 * Every combination of a profile's axes: those to run, and those left out, each with its reason. Order and ids are stable. A
 * floating version is that of `found`; without one it stays "newest", and its suite tells it apart.
 */
export function planCells(
  matrix: Matrix,
  profile: Profile,
  found: FoundVersions = new Map(),
): { cells: PlannedCell[]; excluded: ExcludedCell[] } {
  const cells: PlannedCell[] = [];
  const excluded: ExcludedCell[] = [];
  // Two Debian suites may share an upstream version, and so an id: the host's own is planned; on any other machine, the first.
  const seen = new Set<string>();
  const engines = chosen(EngineName.options, matrix.engines, profile.engines, found);
  const runtimes = chosen(RuntimeName.options, matrix.runtimes, profile.runtimes, found);
  const kubelets = kubeletsOf(matrix, profile, found);
  const shared = matrix.cni === undefined ? {} : { cni: versioned('cni', matrix.cni, found) };
  for (const host of hostsOf(matrix, profile)) {
    for (const { asked: askedEngine, part: engine } of engines) {
      for (const { asked: askedRuntime, part: runtime } of runtimes) {
        for (const kubelet of kubelets) {
          const id = [`${host.id}/${labelOf(engine)}/${labelOf(runtime)}`, ...(kubelet ? [labelOf(kubelet)] : [])].join('+');
          const cell = { id, host, engine, runtime, ...shared, kubelet };
          const why =
            foreignLibc(host, engine) ??
            foreignLibc(host, runtime) ??
            noRoot(engine, runtime) ??
            excludedBy(matrix, host.id, [engine, askedEngine], [runtime, askedRuntime]);
          if (why !== undefined) excluded.push({ cell, why });
          else if (!seen.has(id)) {
            seen.add(id);
            cells.push(cell);
          }
        }
      }
    }
  }
  return { cells, excluded: excluded.filter(({ cell }) => !seen.has(cell.id) && seen.add(cell.id)) };
}

function hostsOf(matrix: Matrix, profile: Profile): Array<{ id: string; spec: HostSpec }> {
  return profile.hosts.flatMap((id) => {
    const spec = matrix.hosts[id];
    return spec === undefined ? [] : [{ id, spec }];
  });
}

/** Each is a cell of its own; without any, engines are asked directly. */
function kubeletsOf(
  { kubelet = [] }: Matrix,
  { kubelets }: Profile,
  found: FoundVersions,
): ReadonlyArray<PlannedCell['kubelet'] | undefined> {
  if (kubelets === undefined) return [undefined];
  return chosen(['kubelet'], { kubelet }, kubelets, found).map(({ part }) => part);
}

type Asked = Omit<RuntimeVersion, 'version'> & { version: string };

/** A version of one axis: as the matrix asks for it, and as it is planned. */
interface Choice<Part> {
  asked: Part;
  part: Part;
}

function chosen<Name extends Component['name'], Entry extends Asked>(
  names: readonly Name[],
  versions: Partial<Record<Name, Entry[]>>,
  wanted: readonly string[],
  found: FoundVersions,
): Array<Choice<{ name: Name } & Entry>> {
  return names.flatMap((name) =>
    (versions[name] ?? [])
      .filter((entry) => wanted.some((pick) => picks(pick, name, entry)))
      .map((entry) => ({ asked: { name, ...entry }, part: versioned(name, entry, found) })),
  );
}

function versioned<Name extends Component['name'], Entry extends Asked>(
  name: Name,
  entry: Entry,
  found: FoundVersions,
): { name: Name } & Entry {
  const asked = { name, ...entry };
  return { ...asked, version: found.get(componentKey(asked)) ?? entry.version };
}

/** `containerd-1.7.24`; of a version that nobody looked up, `containerd-newest-sid`. */
function labelOf(part: { name: string } & Asked): string {
  const suite = part.version === newest && part.source.kind === 'deb' ? `-${part.source.suite}` : '';
  return `${part.name}-${versionLabel(part)}${suite}`;
}

function foreignLibc(host: PlannedCell['host'], part: { name: string; version: string; source: Source }): string | undefined {
  const suite = hostKindFacts(host.spec).debianSuite?.(host.spec);
  if (part.source.kind !== 'deb' || suite === undefined || suite === part.source.suite) return undefined;
  return `packages of ${part.source.suite} need its libc, and ${host.id} is ${suite}`;
}

/** A VMM without a file system device, under an engine that has nothing but directories to give. */
function noRoot(engine: PlannedCell['engine'], { vmm }: PlannedCell['runtime']): string | undefined {
  if (vmm === undefined || vmmFacts(vmm).takes !== 'block' || hasFeature(engine, 'devmapper-snapshotter')) return undefined;
  return `${vmm} takes a block device for the root of a container, and ${engine.name} ${engine.version} makes directories only`;
}

/** Each part as it is planned and as the matrix asks for it. */
function excludedBy(
  matrix: Matrix,
  host: string,
  engine: readonly PlannedCell['engine'][],
  runtime: readonly PlannedCell['runtime'][],
): string | undefined {
  return matrix.exclude.find(
    (row) =>
      (row.host === undefined || row.host === host) &&
      (row.engine === undefined || engine.some((part) => picks(row.engine ?? '', part.name, part))) &&
      (row.runtime === undefined || runtime.some((part) => picks(row.runtime ?? '', part.name, part))),
  )?.why;
}

/** The matrix with the versions that were found in place of the floating ones. */
export function withVersions(matrix: Matrix, found: FoundVersions): Matrix {
  const each = <Name extends Component['name'], Entry extends Asked>(
    names: readonly Name[],
    versions: Partial<Record<Name, Entry[]>>,
  ): Partial<Record<Name, Entry[]>> => {
    const filled: Partial<Record<Name, Entry[]>> = {};
    for (const name of names) {
      const entries = versions[name]?.map((entry) => ({ ...entry, version: versioned(name, entry, found).version }));
      if (entries !== undefined) filled[name] = entries;
    }
    return filled;
  };
  return { ...matrix, engines: each(EngineName.options, matrix.engines), runtimes: each(RuntimeName.options, matrix.runtimes) };
}
