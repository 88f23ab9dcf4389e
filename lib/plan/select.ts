import type { Matrix, RuntimeVersion } from '../model/matrix/matrix.ts';
import { versionLabel } from '../model/matrix/pick.ts';
import { unknownWord } from '../model/matrix/suggest.ts';
import { UsageError } from '../util/errors.ts';
import type { PlannedCell } from '../model/cell.ts';
import { newest } from '../model/version.ts';
import { glob } from '../model/glob.ts';
import { parseVersionTerm, type VersionTerm } from '../model/version-term.ts';

/** What `--only` leaves: words are joined by "and", the values of one word, parted by commas, by "or". */
export interface Selection {
  /** The words, with single blanks between them. */
  text: string;
  cell: (cell: PlannedCell) => boolean;
  suite: (id: string) => boolean;
  scenario: (id: string) => boolean;
  rule: (id: string) => boolean;
}

/** Names that a selection may use, each checked only where it is known: a recorded plan is read without its matrix. */
export interface Vocabulary {
  matrix?: Matrix;
  scenarios?: readonly string[];
  rules?: readonly string[];
}

const keys = ['host', 'engine', 'runtime', 'suite', 'scenario', 'rule', 'cell'] as const;
type Key = (typeof keys)[number];
type Subject = { [K in Key]?: string } & { planned?: PlannedCell };
type Term = { key: Key; matches: (subject: Subject) => boolean };

/** Reads `engine=containerd>=1.7 runtime=kata suite=rootless-vmm rule=RVMM-*`. Throws a UsageError that names the offending word. */
export function parseSelection(text: string, vocabulary: Vocabulary = {}): Selection {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const terms = words.map((word, index) => parseTerm(word, index, vocabulary));
  const every =
    (...wanted: Key[]) =>
    (subject: Subject): boolean =>
      terms.every((term) => !wanted.includes(term.key) || term.matches(subject));
  const [cell, suite, scenario, rule] = [
    every('host', 'engine', 'runtime', 'cell'),
    every('suite'),
    every('scenario'),
    every('rule'),
  ];
  return {
    text: words.join(' '),
    cell: (planned) => cell({ host: planned.host.id, cell: planned.id, planned }),
    suite: (id) => suite({ suite: id }),
    scenario: (id) => scenario({ scenario: id }),
    rule: (id) => rule({ rule: id }),
  };
}

function parseTerm(word: string, index: number, vocabulary: Vocabulary): Term {
  const refuse = (why: string): never => {
    throw new UsageError(`--only: word ${index + 1}, ${JSON.stringify(word)}: ${why}`);
  };
  const [, name = '', rest] = /^([^=<>]*)=(.*)$/s.exec(word) ?? [];
  if (rest === undefined) return refuse(`expected key=value without blanks; keys: ${keys.join(', ')}`);
  const key = keys.find((each) => each === name) ?? refuse(unknownWord('key', name, keys));
  const tests = rest.split(',').map((value) => {
    if (value === '') refuse(`a value is empty; expected ${key}=value or ${key}=value,value`);
    return key === 'engine' || key === 'runtime'
      ? versionTest(key, value, vocabulary.matrix, refuse)
      : nameTest(key, value, vocabulary, refuse);
  });
  return { key, matches: (subject) => tests.some((test) => test(subject)) };
}

function nameTest(
  key: Exclude<Key, 'engine' | 'runtime'>,
  value: string,
  vocabulary: Vocabulary,
  refuse: (why: string) => never,
) {
  const matches = glob(value);
  const known = namesOf(key, vocabulary);
  if (known !== undefined && !known.some(matches)) refuse(unknownWord(key, value, known));
  return (subject: Subject): boolean =>
    matches(subject[key] ?? '') || (key === 'cell' && subject.planned !== undefined && floats(subject.planned));
}

/** Undefined where names are not known in advance: cells are checked against the profile, in makePlan. */
function namesOf(key: Key, { matrix, scenarios, rules }: Vocabulary): readonly string[] | undefined {
  switch (key) {
    case 'host':
      return matrix && Object.keys(matrix.hosts);
    case 'suite':
      return matrix && [...new Set(Object.values(matrix.profiles).flatMap((profile) => profile.suites))];
    case 'scenario':
      return scenarios;
    case 'rule':
      return rules;
    default:
      return undefined;
  }
}

function versionTest(key: 'engine' | 'runtime', value: string, matrix: Matrix | undefined, refuse: (why: string) => never) {
  const term = parseVersionTerm(value);
  if (typeof term === 'string') return refuse(term);
  if (matrix !== undefined) checkVersion(key, value, term.name, (name, entry) => mayMatch(term, name, entry), matrix, refuse);
  // A plan has many cells of few versions.
  const known = new Map<object, boolean>();
  return ({ planned }: Subject): boolean => {
    if (planned === undefined) return false;
    const part = planned[key];
    const answer = known.get(part) ?? mayMatch(term, part.name, part);
    known.set(part, answer);
    return answer;
  };
}

/** A version that nobody has looked up may be any. */
function mayMatch(term: VersionTerm, name: string, entry: RuntimeVersion): boolean {
  return entry.version === newest ? glob(term.name)(name) : term.matches(name, entry);
}

function floats({ engine, runtime }: PlannedCell): boolean {
  return engine.version === newest || runtime.version === newest;
}

/** A version that no entry of the matrix has is a slip, not an empty answer. */
function checkVersion(
  key: 'engine' | 'runtime',
  value: string,
  wanted: string,
  matches: (name: string, entry: RuntimeVersion) => boolean,
  matrix: Matrix,
  refuse: (why: string) => never,
): void {
  const axis: Partial<Record<string, RuntimeVersion[]>> = key === 'engine' ? matrix.engines : matrix.runtimes;
  const names = Object.keys(axis);
  if (!names.some(glob(wanted))) refuse(unknownWord(key, wanted, names));
  const entries = names.flatMap((name) => (axis[name] ?? []).map((entry) => ({ name, entry })));
  if (!entries.some(({ name, entry }) => matches(name, entry))) {
    const versions = entries.filter(({ name }) => glob(wanted)(name)).map(({ name, entry }) => `${name}@${versionLabel(entry)}`);
    refuse(`no version of the matrix matches ${JSON.stringify(value)}; it has ${versions.join(', ')}`);
  }
}
