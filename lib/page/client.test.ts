import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Component, Vocabulary } from '../model/term.ts';
import { ownName } from '../report/own-name.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { collapsed, familiesOf, namesOf } from './client/columns.ts';
import { filterKeys, type FilterKey, parseFilter } from './client/filter.ts';
import { indexed, type Model } from './client/model.ts';
import { selectEntries } from './client/select.ts';
import { arranged, urgencyOf } from './client/urgency.ts';
import { vocabularyOf } from './client/vocabulary.ts';
import { packColumns, verdictColumns } from './columns.ts';

const anything: Vocabulary<FilterKey> = {
  keys: filterKeys,
  names: () => undefined,
  components: () => undefined,
  origin: 'this run',
};
const meets = (text: string, key: FilterKey, subject: string | Component): boolean =>
  parseFilter(text, anything).terms.every((term) => term.key !== key || term.matches(subject));
const containerd = (version: string): Component => ({ name: 'containerd', version });
const kata: Component = { name: 'kata', version: '3.30.0', shim: 'go', vmm: 'qemu' };

/** The sample as the page has it. */
function sampleModel(): Model {
  const document = sampleDocument();
  const { cells, questions } = document;
  const packed = verdictColumns(
    document,
    (verdict) => questions.findIndex(({ suite, id }) => suite === verdict.suite && id === verdict.question),
    (verdict) => cells.findIndex(({ id }) => id === verdict.cell),
  );
  const { bytes, places } = packColumns(packed.columns);
  const data = { run: document.run.id, cells, questions, known: [], embedded: [], kept: 0, of: 0, places };
  return indexed({ ...data, texts: packed.texts, layerLists: packed.layerLists }, Uint8Array.from(bytes).buffer);
}

const model = sampleModel();
const vocabulary = vocabularyOf(model);
const select = (text: string): ReturnType<typeof selectEntries> => selectEntries(model, text, vocabulary);

describe('a filter', () => {
  test('takes globs and alternatives, whatever their case', () => {
    expect(meets('question=RVMM-*,own-on', 'question', 'RVMM-UID')).toBe(true);
    expect(meets('question=RVMM-*,own-on', 'question', 'OWN-ON')).toBe(true);
    expect(meets('question=RVMM-*,own-on', 'question', 'OWN-OFF')).toBe(false);
    expect(meets('cell=debian-13/*', 'cell', 'debian-13/crio-1.36.3/runc-1.1.15')).toBe(true);
    expect(meets('question=a.c', 'question', 'abc')).toBe(false);
  });

  test('chooses an engine or runtime by name, by version with flavour, and by comparisons', () => {
    expect(meets('engine=containerd>=1.7', 'engine', containerd('1.7.24'))).toBe(true);
    expect(meets('engine=containerd>=1.6<1.7', 'engine', containerd('1.7.24'))).toBe(false);
    expect(meets('engine=crio,containerd<2', 'engine', containerd('1.7.24'))).toBe(true);
    expect(meets('engine=>=2', 'engine', containerd('1.7.24'))).toBe(false);
    expect(meets('runtime=kata@3.30.0-go-*', 'runtime', kata)).toBe(true);
    expect(meets('runtime=kata@3.30.0', 'runtime', kata)).toBe(true);
    expect(meets('runtime=kata-3*', 'runtime', kata)).toBe(true);
    expect(meets('runtime=kata@4*', 'runtime', kata)).toBe(false);
  });

  test('says what cannot be read, and takes the rest as words', () => {
    expect(parseFilter('colour=red engine=containerd>=x permission denied question=', anything).problems).toEqual([
      `colour=red: unknown key "colour". Known: ${filterKeys.join(', ')}`,
      'engine=containerd>=x: "x" is no version; expected one like 1.7.24 or 2.4.0-beta.0',
      'question=: a value is empty; expected question=value or question=value,value',
    ]);
    expect(parseFilter('Permission  denied', anything).words).toEqual(['permission', 'denied']);
  });

  test.for([
    ['verdit=fail', 'verdit=fail: unknown key "verdit", did you mean "verdict"?'],
    ['verdict=fial', 'verdict=fial: unknown verdict "fial", did you mean "fail"?'],
    ['suite=ownrship', 'suite=ownrship: unknown suite "ownrship", did you mean "ownership"?'],
    ['engine=containrd', 'engine=containrd: unknown engine "containrd", did you mean "containerd"?'],
    ['engine=crio>=9', 'engine=crio>=9: no version of this run matches "crio>=9"; it has crio@1.36.3'],
  ] as const)('%s is a slip, which is said with what was meant', ([text, problem]) => {
    expect(select(text).problems).toHaveLength(1);
    expect(select(text).problems[0]).toContain(problem);
  });

  test('of a name that is not there selects nothing, and one that cannot be read is left out', () => {
    expect(select('question=NO-SUCH').count).toBe(0);
    expect(select('colour=red').count).toBe(model.columns.verdict.length);
  });

  test('refuses no text with an exception, whatever the versions of components are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, version) => {
        const filter = parseFilter(`${text} engine=${text} engine=x>=1 question=${text}`, anything);
        for (const term of filter.terms) term.matches(term.key === 'engine' ? { name: 'x', version } : version);
      }),
    );
  });
});

describe('the matrix', () => {
  test('has the questions and cells of the verdicts that meet every term and hold every word', () => {
    const { rows, columns, hits, count } = select('question=OWN-* engine=crio verdict=fail,known');
    expect(new Set(rows.map((row) => model.questions[row]?.id))).toEqual(
      new Set(['OWN-DIRECTORY', 'OWN-MODE', 'OWN-OFF', 'OWN-ON']),
    );
    expect(columns.every((column) => model.cells[column]?.engine?.name === 'crio')).toBe(true);
    expect(hits?.reduce((sum, hit) => sum + hit, 0)).toBeLessThanOrEqual(count);
    expect(select('permission denied vmm').rows.map((row) => model.questions[row]?.id)).toEqual(['RVMM-BLOCK-EACCES']);
  });

  test('has what weakens isolation, and no more, for harm=weakens', () => {
    const { count, problems } = select('harm=weakens');
    expect(count).toBe(sampleDocument().verdicts.filter(({ harm }) => harm === 'weakens').length);
    expect(count).toBeGreaterThan(0);
    expect(count + select('harm=none,breaks').count).toBe(model.columns.verdict.length);
    expect(problems).toEqual([]);
    expect(select('harm=weaken').problems[0]).toContain('did you mean "weakens"?');
  });

  test('has first what weakens isolation, then what deviates, and folds the rest until it is open', () => {
    const urgency = urgencyOf(model);
    const { rows } = select('');
    const all = arranged(rows, urgency, ['documented', 'inapplicable']);
    expect([...all.rows].sort((a, b) => a - b)).toEqual(rows);
    expect(all.folded).toEqual([]);
    expect(model.questions[all.rows[0] ?? -1]?.id).toBe('OWN-DIRECTORY');
    const order = ['weakens', 'deviates', 'documented', 'inapplicable'];
    const places = all.rows.map((row) => order.indexOf(urgency.classOf[row] ?? ''));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const some = arranged(rows, urgency, []);
    expect(some.rows.length + some.folded.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
    expect(some.rows).toEqual(all.rows.slice(0, some.rows.length));
  });

  test('folds nothing where that would leave nothing', () => {
    const urgency = urgencyOf(model);
    const documented = select('').rows.filter((row) => urgency.classOf[row] === 'documented');
    expect(arranged(documented, urgency, [])).toEqual({ rows: documented, folded: [] });
  });

  test('gives every selected cell exactly one column, and names it by its versions', () => {
    const selection = select('');
    const groups = collapsed(model, selection, familiesOf(model));
    expect(groups.flat().sort((a, b) => a - b)).toEqual(selection.columns);
    for (const group of groups) {
      const [first = -1] = group;
      const { engine } = namesOf(model, group);
      const { name = '', version } = model.cells[first]?.engine ?? {};
      expect(engine).toContain(`${ownName(name)} ${version}`);
    }
  });
});
