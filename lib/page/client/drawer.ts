import { versionLabel } from '../../model/matrix/pick.ts';
import { count } from '../../util/words.ts';
import { writeAddress } from '../address.ts';
import type { QuestionEntry } from '../data.ts';
import { caseView } from './case.ts';
import type { Group } from './columns.ts';
import { badgeOf, citationOf, fact, h } from './dom.ts';
import { entryAt, type Model } from './model.ts';

/** Other cells of a column that are listed one by one. */
const listed = 60;

/** Content of the drawer for a question in a cell: every scenario's verdict, worst first. `like` are the cells that share its column. */
export function verdictView(model: Model, question: number, cell: number, like: Group): HTMLElement {
  const text = model.questions[question];
  const where = model.cells[cell];
  const entry = entryAt(model, question, cell);
  const { verdict } = model.columns;
  const verdicts = Array.from({ length: entry.count }, (_, index) => entry.from + index).sort(
    (a, b) => (verdict[b] ?? 0) - (verdict[a] ?? 0),
  );
  return h(
    'div',
    {},
    head(text?.asks || text?.id || '', `${text?.id ?? ''} in ${where?.id ?? ''}`),
    h(
      'dl',
      { class: 'facts' },
      fact('Suite', text?.suite),
      fact('Applies to', text?.range),
      text?.citation ? fact('Citation', citationOf(text.citation)) : undefined,
    ),
    likeView(model, cell, like, text),
    entry.inherited &&
      h(
        'section',
        { class: 'case' },
        h('h3', {}, badgeOf(entry.name ?? 'missing'), 'The whole cell'),
        h('p', {}, where?.reason ?? 'No reason was recorded.'),
      ),
    entry.name === undefined && h('p', { class: 'quiet' }, 'This question was not planned for this cell.'),
    verdicts.map((i, index) => caseView(model, i, index === 0)),
  );
}

/** Content of the drawer for a cell: what it was made of. `like` are the cells that share its column. */
export function cellView(model: Model, cell: number, like: Group): HTMLElement {
  const where = model.cells[cell];
  const { engine, runtime, cni, kubelet } = where ?? {};
  return h(
    'div',
    {},
    head(where?.id ?? '', 'Cell'),
    where?.verdict && h('p', {}, badgeOf(where.verdict)),
    where?.reason && h('p', {}, where.reason),
    h(
      'dl',
      { class: 'facts stacked' },
      fact('Host', where?.host),
      partFacts('Engine', engine && `${engine.name} ${engine.version}`, engine),
      partFacts('Runtime', runtime && `${runtime.name} ${versionLabel(runtime)}`, runtime),
      partFacts('CNI plugins', cni?.version, cni),
      partFacts('Kubelet', kubelet?.version, kubelet),
    ),
    likeView(model, cell, like),
  );
}

/** What a part of a cell is, where it came from, and its checksum. */
function partFacts(
  name: string,
  what: string | undefined,
  part: { source: string; sha256: string } | undefined,
): Array<HTMLElement | undefined> {
  return [fact(name, what), fact(`${name} came from`, part?.source), fact(`${name} sha256`, part?.sha256, 'mono')];
}

/** The other cells of a column: the matrix shows the same in all of them, and each has evidence of its own. */
function likeView(model: Model, cell: number, like: Group, question?: QuestionEntry): HTMLElement | undefined {
  const others = like.filter((other) => other !== cell);
  if (others.length === 0) return undefined;
  const links = others.slice(0, listed).map((other) => {
    const id = model.cells[other]?.id ?? '';
    const href = writeAddress({ cell: id, suite: question?.suite ?? '', question: question?.id ?? '' });
    return h('li', {}, h('a', { class: 'mono', 'data-drawer': true, href }, id));
  });
  return h(
    'details',
    { class: 'like' },
    h('summary', {}, `The same in ${count(others.length, 'other cell')} of this column`),
    h('ul', {}, links),
    others.length > listed && h('p', { class: 'quiet' }, `and ${others.length - listed} more`),
  );
}

function head(title: string, line: string): HTMLElement {
  return h(
    'header',
    {},
    h('button', { type: 'button', class: 'close' }, 'Close'),
    h('p', { class: 'mono quiet' }, line),
    h('h2', { id: 'drawer-title' }, title),
  );
}
