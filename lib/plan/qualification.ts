import { EngineName, isReleaseVersion, RuntimeName, type Matrix, type RuntimeVersion } from '../model/matrix/matrix.ts';
import { versionLabel } from '../model/matrix/pick.ts';
import { someOf, unknownWord } from '../model/matrix/suggest.ts';
import { distinctBy } from '../util/group-by.ts';
import { enumerated } from '../util/words.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import { compareVersions, isFinal, newest, sameVersion } from '../model/version.ts';
import { runtimeFacts } from '../runtimes/facts.ts';
import { shims, vmmNames, type Shim, type Vmm } from '../runtimes/kata/facts.ts';
import { UsageError } from '../util/errors.ts';
import { planCells, type FoundVersions } from './cells.ts';
import { makePlan, type PlanOptions } from './plan.ts';

/** The version that is qualified: `containerd@2.4.2`, `kata@4.1.0` with each shim and VMM, `kata@4.1.0-go-qemu`. */
export interface Subject {
  name: EngineName | RuntimeName;
  version: string;
  shim?: Shim;
  vmm?: Vmm;
}

/** Where it is tried, and with what. */
export interface Place {
  /** Its first host is taken, and its engines or runtimes are the counterparts. */
  profile: string;
  host?: string | undefined;
}

/** The profile of a qualification. */
const profileName = 'qualify';

/** Reads what is to be qualified. Throws a UsageError that says what was expected. */
export function parseSubject(text: string): Subject {
  const [name = '', label, ...others] = text.split('@');
  const known = [...EngineName.options, ...RuntimeName.options];
  const found = known.find((each) => each === name);
  if (found === undefined) throw new UsageError(unknownWord('engine or runtime', name, known));
  const [, version = '', shimName, vmmName] = /^(.+?)(?:-(go|rust)-([a-z]+))?$/.exec(label ?? '') ?? [];
  if (others.length > 0 || !isReleaseVersion(version))
    throw new UsageError(
      `Cannot read ${JSON.stringify(text)}: expected a name and the version of a release, like containerd@2.4.2`,
    );
  if (shimName === undefined) return { name: found, version };
  const shim = shims.find((each) => each === shimName);
  const vmm = vmmNames.find((each) => each === vmmName);
  if (!hasShims(found) || shim === undefined || vmm === undefined)
    throw new UsageError(
      `Cannot read ${JSON.stringify(text)}: only kata has a shim, ${enumerated(shims, 'or')}, and a VMM, ${enumerated(vmmNames, 'or')}`,
    );
  return { name: found, version, shim, vmm };
}

/** The cells of the matrix that the subject's component has at that place, in any version: what floats in them is to be looked up. */
export function neighbours(matrix: Matrix, subject: Subject, place: Place, found?: FoundVersions): PlannedCell[] {
  return planCells(matrix, field(matrix, subject, place), found).cells;
}

export interface QualificationOptions extends Omit<PlanOptions, 'profile'>, Place {
  /** The suites that run: all. */
  suites: readonly string[];
  /** The version to compare with; without it the newest older one. */
  against?: string | undefined;
  /** Versions of the component that are available beside those of the matrix, by `$PODPROOF_ARTIFACTS` or the cache. */
  atHand: readonly string[];
}

/**
 * The plan that runs two versions of one engine or runtime on one host with the same counterparts. A version that the matrix
 * has no source for on that host is taken from what is at hand, or else from its project's release. Throws a UsageError for
 * names that nobody knows, and where there is no older version to compare with.
 */
export function planQualification(
  matrix: Matrix,
  subject: Subject,
  { against, atHand, ...options }: QualificationOptions,
): { plan: Plan; against: string } {
  const cells = neighbours(matrix, subject, options, options.found);
  const entries = cells.map((cell): RuntimeVersion => plain(isEngine(subject.name) ? cell.engine : cell.runtime));
  const older = olderThan(subject, against, [...entries.map(({ version }) => version), ...atHand]);
  const versions = [older, subject.version].flatMap((version) => sourcesOf(subject, version, entries, atHand));
  const { name } = subject;
  const engine = EngineName.safeParse(name).data;
  const both: Matrix = {
    ...matrix,
    ...(engine === undefined
      ? { runtimes: { ...matrix.runtimes, [name]: versions } }
      : { engines: { ...matrix.engines, [engine]: versions.map(({ version, source }) => ({ version, source })) } }),
    profiles: { ...matrix.profiles, [profileName]: { ...field(matrix, subject, options), suites: [...options.suites] } },
  };
  const plan = makePlan(both, { ...options, profile: profileName });
  for (const wanted of [older, subject.version])
    if (!plan.cells.some(({ engine: of, runtime }) => sameVersion((isEngine(name) ? of : runtime).version, wanted)))
      throw new UsageError(
        `Cannot qualify ${name} ${subject.version}: the matrix leaves no cell of ${name} ${wanted}${plan.excluded[0] === undefined ? '' : `, as ${plan.excluded[0].why}`}`,
      );
  return { plan, against: older };
}

/** All versions of the component on one host with the counterparts of the profile. */
function field(matrix: Matrix, { name, version }: Subject, { profile, host }: Place): Matrix['profiles'][string] {
  const known = Object.hasOwn(matrix.profiles, profile) ? matrix.profiles[profile] : undefined;
  if (known === undefined) throw new UsageError(unknownWord('profile', profile, Object.keys(matrix.profiles)));
  const id = host ?? known.hosts[0] ?? '';
  if (!Object.hasOwn(matrix.hosts, id)) throw new UsageError(unknownWord('host', id, Object.keys(matrix.hosts)));
  const { engines, runtimes, suites } = known;
  const title = `Is ${name} ${version} as good as the version before?`;
  return { title, hosts: [id], suites, ...(isEngine(name) ? { engines: [name], runtimes } : { engines, runtimes: [name] }) };
}

/** The version that was asked for, or the newest that is older. Of releases, no preview is taken unasked. */
function olderThan({ name, version }: Subject, against: string | undefined, known: readonly string[]): string {
  if (against !== undefined) {
    if (!isReleaseVersion(against))
      throw new UsageError(`--against: expected a version like 1.7.24, found ${JSON.stringify(against)}`);
    if (compareVersions(against, version) < 0) return against;
    throw new UsageError(`--against: ${name} ${against} is not older than ${version}, which is qualified`);
  }
  const older = known
    .filter((each) => each !== newest && compareVersions(each, version) < 0 && (isFinal(each) || !isFinal(version)))
    .sort(compareVersions)
    .at(-1);
  if (older !== undefined) return older;
  throw new UsageError(
    `Cannot qualify ${name} ${version}: nothing older is known to compare it with; name a version with --against. Known: ${someOf([...new Set(known)]) || 'none'}`,
  );
}

/** Entries of the matrix for one version, in the flavours that are asked for; made up where the matrix has none that fits. */
function sourcesOf(
  { name, shim, vmm }: Subject,
  version: string,
  entries: readonly RuntimeVersion[],
  atHand: readonly string[],
): RuntimeVersion[] {
  const fits = (entry: RuntimeVersion): boolean =>
    (shim === undefined || entry.shim === shim) && (vmm === undefined || entry.vmm === vmm);
  const own = entries.filter((entry) => entry.version !== newest && sameVersion(entry.version, version) && fits(entry));
  if (own.length > 0) return distinct(own);
  const kind = atHand.some((each) => sameVersion(each, version)) ? 'path' : 'release';
  const flavours = shim === undefined || vmm === undefined ? entries.filter(fits) : [{ shim, vmm }];
  const made = (flavours.length > 0 ? flavours : [{}]).map((flavour: Pick<RuntimeVersion, 'shim' | 'vmm'>): RuntimeVersion => ({
    version,
    source: { kind },
    ...(hasShims(name) && { shim: flavour.shim ?? 'go', vmm: flavour.vmm ?? 'qemu' }),
  }));
  return distinct(made);
}

function distinct(entries: readonly RuntimeVersion[]): RuntimeVersion[] {
  return distinctBy(entries, versionLabel);
}

/** An entry of the matrix again. */
function plain({ version, source, shim, vmm }: RuntimeVersion): RuntimeVersion {
  return { version, source, shim, vmm };
}

/** Whether the matrix names a shim and a VMM for each version of it. */
function hasShims(name: Subject['name']): boolean {
  return isRuntime(name) && runtimeFacts(name).shims !== undefined;
}

function isRuntime(name: string): name is RuntimeName {
  return RuntimeName.safeParse(name).success;
}

function isEngine(name: string): boolean {
  return EngineName.safeParse(name).success;
}
