import { answerFailure, type CauseEntry, type FailureAnswer } from '../../ask/failure-answer.ts';
import { titleOf } from '../../ask/reply/failure-reply.ts';
import { none } from '../../ask/symptoms/symptom.ts';
import { symptoms } from '../../ask/symptoms/all.ts';
import { find, indexOf, type Entry, type Hit } from '../../ask/words/find.ts';
import { among, list, object, text } from '../shape.ts';
import { readBlock } from './blocks.ts';
import { fact, h } from './dom.ts';

/** What can be found by words: written into the page by `index-page.ts`. */
const Entries = list(
  object({
    id: text,
    kind: among<Entry['kind']>(['question', 'known issue', 'cause', 'setting', 'term', 'errno']),
    title: text,
    names: text,
    text,
    questions: list(text),
  }),
);

/** How many answers are shown above the table. */
const shown = 5;
/** The table has the questions of so many. */
const most = 12;

/** What was asked for means, and the questions that tell of it. */
export interface Answer {
  panel: HTMLElement | undefined;
  questions: ReadonlySet<string>;
  /** It was the text of a failure, and no words. */
  isFailure: boolean;
}

/**
 * Answers what is typed or pasted as the command line does: the text of a failure by its causes, words by the index. `words`
 * are those of the query that name no column of the table.
 */
export async function answerer(): Promise<(query: string, words: readonly string[]) => Answer> {
  const index = indexOf((await readBlock('entries', Entries)) ?? []);
  return (query, words) => {
    const failure = /\s/.test(query.trim()) ? answerFailure(query, symptoms) : undefined;
    if (failure !== undefined)
      return {
        panel: failurePanel(failure),
        questions: new Set(failure.causes.flatMap(({ questions }) => questions)),
        isFailure: true,
      };
    const hits = find(index, query, most);
    const all = [...hits, ...find(index, words.join(' '), most)];
    return { panel: hitPanel(hits), questions: new Set(all.flatMap(({ questions }) => questions)), isFailure: false };
  };
}

function failurePanel({ failure, causes }: FailureAnswer): HTMLElement {
  const [first, ...others] = causes;
  return h(
    'section',
    { class: 'card', 'aria-label': 'Answer' },
    h('h2', {}, titleOf(failure)),
    first && causeFacts(first),
    others.map((other) => h('details', {}, h('summary', {}, `or: ${other.cause}`), causeFacts(other))),
  );
}

function causeFacts({ cause, where, ranges = [], remedies, otherwise, questions }: CauseEntry): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    fact('Cause', cause),
    fact('Where', where),
    fact('Versions', ranges.join(', ')),
    remedies.map((remedy, nth) =>
      fact(
        remedies.length === 1 ? 'What helps' : `What helps, ${nth + 1}`,
        `${remedy.do}${remedy.since === undefined ? '' : ` (${remedy.since} on)`}${remedy.weakens === true ? ' – weakens isolation' : ''}. It costs: ${remedy.cost === none ? 'nothing' : remedy.cost}`,
      ),
    ),
    fact('Otherwise', otherwise),
    fact('Tested by', links(questions)),
  );
}

function hitPanel(hits: readonly Hit[]): HTMLElement | undefined {
  if (hits.length === 0) return undefined;
  return h(
    'section',
    { class: 'card', 'aria-label': 'Answers' },
    h('ol', { class: 'answers' }, hits.slice(0, shown).map(hitItem)),
  );
}

function hitItem({ id, kind, title, text: says, questions }: Hit): HTMLElement {
  const [first] = questions;
  const anchor = kind === 'known issue' ? `#issue-${id}` : kind === 'cause' ? `#help-${id}` : '';
  const words = kind === 'term' ? `${title}: ${says}` : title;
  return h(
    'li',
    {},
    first === undefined ? h('span', {}, words) : h('a', { href: `questions/${first}.html${anchor}` }, words),
    ' ',
    h('span', { class: 'kind' }, kind === 'question' ? id : kind),
  );
}

/** The page has rows for these, and nothing else is linked. */
function links(questions: readonly string[]): HTMLElement[] | undefined {
  return questions.length === 0 ? undefined : questions.map((id) => h('a', { class: 'id', href: `questions/${id}.html` }, id));
}
