import type { PlannedCell } from '../model/cell.ts';
import type { Matrix } from '../model/matrix/matrix.ts';
import { type Component, parseTerm, type Term, type Vocabulary as Words } from '../model/term.ts';
import { newest } from '../model/version.ts';
import { UsageError } from '../util/errors.ts';

/** What `--only` leaves: words are joined by "and", the values of one word, parted by commas, by "or". */
export interface Selection {
  /** The words, with single blanks between them. */
  text: string;
  cell: (cell: PlannedCell) => boolean;
  suite: (id: string) => boolean;
  scenario: (id: string) => boolean;
  question: (id: string) => boolean;
}

/** Names that a selection may use, each checked only where it is known: a recorded plan is read without its matrix. */
export interface Vocabulary {
  matrix?: Matrix;
  scenarios?: readonly string[];
  questions?: readonly string[];
}

const keys = ['host', 'engine', 'runtime', 'kubelet', 'suite', 'scenario', 'question', 'cell'] as const;
type Key = (typeof keys)[number];

/** Reads `engine=containerd>=1.7 runtime=kata suite=rootless-vmm question=RVMM-*`. Throws a UsageError that names the offending word. */
export function parseSelection(text: string, vocabulary: Vocabulary = {}): Selection {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const known = wordsOf(vocabulary);
  const terms = words.map((word, index) => {
    const term = ofOutcome(word) ?? parseTerm(word, known) ?? `expected key=value without blanks; keys: ${keys.join(', ')}`;
    const why = typeof term === 'string' ? term : term.unknown;
    if (typeof term === 'string' || why !== undefined)
      throw new UsageError(`--only: word ${index + 1}, ${JSON.stringify(word)}: ${why}`);
    return term;
  });
  const every = (key: Key, subject: string | Component): boolean =>
    terms.every((term) => term.key !== key || term.matches(subject));
  const [engine, runtime] = [once(terms, 'engine'), once(terms, 'runtime')];
  return {
    text: words.join(' '),
    cell: (planned) =>
      every('host', planned.host.id) &&
      (floats(planned) || every('cell', planned.id)) &&
      engine(planned.engine) &&
      runtime(planned.runtime) &&
      every('kubelet', planned.kubelet?.version ?? 'none'),
    suite: (id) => every('suite', id),
    scenario: (id) => every('scenario', id),
    question: (id) => every('question', id),
  };
}

/** What a run finds cannot choose what it does. */
function ofOutcome(word: string): string | undefined {
  const [, key] = /^(harm|answer|verdict)=/i.exec(word) ?? [];
  return key && `${key.toLowerCase()} is known after a run: the filter of its page takes it; here are ${keys.join(', ')}`;
}

/** A cell is named by its versions, which may not have been looked up yet. */
function floats({ engine, runtime }: PlannedCell): boolean {
  return engine.version === newest || runtime.version === newest;
}

/** A plan has many cells of few versions: each is asked for once. */
function once(terms: ReadonlyArray<Term<Key>>, key: Key): (component: Component) => boolean {
  const own = terms.filter((term) => term.key === key);
  const known = new Map<Component, boolean>();
  return (component) => {
    const answer = known.get(component) ?? own.every(({ matches }) => matches(component));
    known.set(component, answer);
    return answer;
  };
}

/** Cells have no names here: they are checked against the profile, in makePlan. */
function wordsOf({ matrix, scenarios, questions }: Vocabulary): Words<Key> {
  const names: Partial<Record<Key, readonly string[] | undefined>> = {
    host: matrix && Object.keys(matrix.hosts),
    kubelet: matrix && [...(matrix.kubelet ?? []).map(({ version }) => version), 'none'],
    suite: matrix && [...new Set(Object.values(matrix.profiles).flatMap((profile) => profile.suites))],
    scenario: scenarios,
    question: questions,
  };
  const axis = (versions: Readonly<Record<string, ReadonlyArray<Omit<Component, 'name'>> | undefined>>): Component[] =>
    Object.entries(versions).flatMap(([name, entries = []]) => entries.map((entry) => ({ ...entry, name })));
  return {
    keys,
    names: (key) => names[key],
    components: (key) => matrix && axis(key === 'engine' ? matrix.engines : matrix.runtimes),
    origin: 'the matrix',
  };
}
