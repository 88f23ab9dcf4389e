import { cni } from '../../engines/cni/facts.ts';
import { kubelet } from '../../kubelet/facts.ts';
import { runtimeFacts } from '../../runtimes/facts.ts';
import { vmmFacts } from '../../runtimes/kata/facts.ts';
import { UsageError } from '../../util/errors.ts';
import { inRange, newest } from '../version.ts';
import { RuntimeName, type Matrix, type RuntimeVersion } from './matrix.ts';
import { picks, versionLabel } from './pick.ts';
import { formatPath } from './sentence.ts';
import { enumerated } from '../../util/words.ts';
import { unknownWord } from './suggest.ts';

type Versions = Partial<Record<string, RuntimeVersion[]>>;

/** What the schema can't say: names exist, nothing is defined twice, Kata names its shim and VMM. Throws a Misreference. */
export function checkReferences(matrix: Matrix): void {
  checkVersions('engines', matrix.engines);
  checkVersions('runtimes', matrix.runtimes);
  if (matrix.cni !== undefined) checkFloating(matrix.cni, ['cni']);
  checkKubelets(matrix);
  checkShims(matrix);
  checkCni(matrix);
  for (const [id, profile] of Object.entries(matrix.profiles)) {
    for (const axis of ['hosts', 'engines', 'runtimes', 'kubelets', 'suites'] as const) {
      const words = profile[axis] ?? [];
      words.forEach((word, index) => {
        const path = ['profiles', id, axis, index];
        if (words.indexOf(word) !== index) refuse(path, `"${word}" is defined twice`);
        checkName(matrix, axis, word, path);
      });
    }
  }
  matrix.exclude.forEach((row, index) => {
    if (row.host === undefined && row.engine === undefined && row.runtime === undefined)
      refuse(['exclude', index], 'names no host, engine or runtime and would leave out every cell');
    for (const key of ['host', 'engine', 'runtime'] as const)
      if (row[key] !== undefined) checkName(matrix, `${key}s`, row[key], ['exclude', index, key]);
  });
}

function checkName(
  matrix: Matrix,
  axis: 'hosts' | 'engines' | 'runtimes' | 'kubelets' | 'suites',
  word: string,
  path: PropertyKey[],
): void {
  if (axis === 'suites') return;
  if (axis === 'hosts') {
    const hosts = Object.keys(matrix.hosts);
    if (!hosts.includes(word)) refuse(path, unknownWord('host', word, hosts));
    return;
  }
  const versions: Versions = axis === 'kubelets' ? { kubelet: matrix.kubelet ?? [] } : matrix[axis];
  const names = Object.keys(versions);
  const every = names.flatMap((name) => (versions[name] ?? []).map((entry) => ({ name, entry })));
  if (every.some(({ name, entry }) => picks(word, name, entry))) return;
  const kind = { engines: 'engine', runtimes: 'runtime', kubelets: 'kubelet' }[axis];
  const [name = ''] = word.split('@');
  if (!names.includes(name)) refuse(path, unknownWord(kind, name, names));
  const known = every.filter((each) => each.name === name).map(({ entry }) => `${name}@${versionLabel(entry)}`);
  refuse(path, unknownWord(kind, word, known));
}

function checkVersions(axis: 'engines' | 'runtimes', versions: Versions): void {
  for (const [name, entries = []] of Object.entries(versions)) {
    entries.forEach((entry, index) => {
      checkFloating(entry, [axis, name, index]);
      // Debian suites often share an upstream version; each host takes that of its own suite.
      const origin = (each: RuntimeVersion): string => (each.source.kind === 'deb' ? each.source.suite : '');
      const first = entries.findIndex(
        (other) =>
          versionLabel(other) === versionLabel(entry) && (origin(other) === origin(entry) || !origin(other) || !origin(entry)),
      );
      if (first !== index)
        refuse(
          [axis, name, index],
          `${name} ${versionLabel(entry)} is defined twice, first as ${formatPath([axis, name, first])}`,
        );
    });
  }
}

/** Only a suite can be asked for what it has. */
function checkFloating({ version, source }: Pick<RuntimeVersion, 'version' | 'source'>, path: PropertyKey[]): void {
  if (version === newest && source.kind !== 'deb')
    refuse(
      [...path, 'version'],
      `only the source "deb" has a newest version to look up, found "${source.kind}"; name the version`,
    );
}

function checkShims(matrix: Matrix): void {
  for (const name of RuntimeName.options) {
    const { shims } = runtimeFacts(name);
    matrix.runtimes[name]?.forEach((entry, index) => {
      const path = ['runtimes', name, index];
      if (shims === undefined) {
        if (entry.shim !== undefined) refuse([...path, 'shim'], `${name} has no shim to choose, found "${entry.shim}"`);
        if (entry.vmm !== undefined) refuse([...path, 'vmm'], `${name} has no VMM, found "${entry.vmm}"`);
        return;
      }
      if (entry.shim === undefined) refuse([...path, 'shim'], `${name} needs a shim: ${enumerated(shims, 'or')}`);
      if (entry.vmm === undefined) refuse([...path, 'vmm'], `${name} needs a VMM, like qemu`);
      const { onlyShim = entry.shim } = vmmFacts(entry.vmm);
      if (onlyShim !== entry.shim)
        refuse([...path, 'vmm'], `${entry.vmm} is a part of the ${onlyShim} shim; shim is "${entry.shim}"`);
    });
  }
}

function checkCni({ cni: plugins }: Matrix): void {
  if (plugins !== undefined && !inRange(plugins.version, `>=${cni.oldest}`))
    refuse(
      ['cni', 'version'],
      `expected ${cni.oldest} or newer, as the pod network is written in CNI 0.4.0, which older plugins do not read; found "${plugins.version}"`,
    );
}

function checkKubelets({ kubelet: entries = [] }: Matrix): void {
  entries.forEach(({ version, source }, index) => {
    checkFloating({ version, source }, ['kubelet', index]);
    if (entries.findIndex((other) => other.version === version) !== index)
      refuse(['kubelet', index], `kubelet ${version} is defined twice`);
    if (!inRange(version, `>=${kubelet.oldest}`))
      refuse(
        ['kubelet', index, 'version'],
        `expected ${kubelet.oldest} or newer, as what older ones ask for is not known here; found "${version}"`,
      );
  });
}

/** What the schema cannot see is wrong at `path`. */
export class Misreference extends UsageError {
  readonly path: readonly PropertyKey[];
  constructor(path: readonly PropertyKey[], sentence: string) {
    super(`${formatPath(path)}: ${sentence}`);
    this.path = path;
  }
}

function refuse(path: PropertyKey[], sentence: string): never {
  throw new Misreference(path, sentence);
}
