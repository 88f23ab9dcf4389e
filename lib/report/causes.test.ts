import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Document } from '../model/document.ts';
import { readDocument } from '../record/read-document.ts';
import { recordedRuns } from '../testing/recorded.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { causes, headline, holes, sections, sentence } from './causes.ts';
import { everyVerdict } from './verdicts.ts';

const recorded = await Promise.all(
  recordedRuns().map(async ({ name, folder }) => ({ name, document: await readDocument(join(folder.path, 'report.json')) })),
);
const run = (wanted: string): Document => {
  const found = recorded.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`There is no recorded run ${wanted}`);
  return found.document;
};

test('the same deviation in two cells is one cause', () => {
  const directory = causes(sampleDocument()).filter(
    ({ questions, verdict }) => questions.includes('OWN-DIRECTORY') && verdict === 'fail',
  );
  expect(directory.map(({ cells }) => cells)).toEqual([['debian-13/crio-1.36.3/crun-1.21', 'debian-13/crio-1.36.3/runc-1.1.15']]);
});

test('what weakens comes before the rest, and deviations before infrastructure', () => {
  const found = causes(sampleDocument());
  const harms = found.map(({ harm }) => harm === 'weakens');
  expect(harms).toEqual([...harms].sort((a, b) => Number(b) - Number(a)));
  expect(found[0]).toMatchObject({ verdict: 'fail', harm: 'weakens' });
  expect(found.filter(({ harm }) => harm !== 'weakens').map(({ verdict }) => verdict)).toEqual([
    'fail',
    'fail',
    'error',
    'fixed',
    'known',
    'known',
  ]);
});

test('a cell that never came up has a verdict of its own, with its reason', () => {
  const bare = everyVerdict(sampleDocument()).filter((verdict) => verdict.question === 'CELL');
  expect(bare).toHaveLength(1);
  expect(bare[0]).toMatchObject({ verdict: 'blocked', observed: expect.stringContaining('kata 4.1.0') as string });
});

test('a known issue that no longer happens asks for a ceiling', () => {
  const fixed = causes(sampleDocument()).find(({ verdict }) => verdict === 'fixed');
  expect(fixed && sentence(fixed)).toContain('its record needs a ceiling');
});

test.each(recorded)(
  '$name: every verdict that weakens or deviates has one cause, and no cause stands under two headings',
  (each) => {
    const { document } = each;
    const found = sections(document).flatMap((section) => section.causes);
    expect(new Set(found).size).toBe(found.length);
    expect(new Set(found)).toEqual(new Set(causes(document)));
    const explained = found.flatMap(({ verdicts }) => verdicts);
    const deviating = document.verdicts.filter(
      ({ verdict, harm }) => harm === 'weakens' || (verdict !== 'pass' && verdict !== 'unsupported'),
    );
    expect(new Set(explained)).toEqual(new Set(deviating));
    expect(explained).toHaveLength(deviating.length);
    const known = found.flatMap((cause) => (cause.verdict === 'known' ? [cause.known] : []));
    expect(new Set(known).size).toBe(known.length);
  },
);

test('CRI-O 1.36.3 has three known holes, each with what it means and what helps', () => {
  const document = run('crio-1.36.3');
  expect(headline(document)).toBe('Nothing new. 3 known causes weaken isolation.');
  const [weakens, breaks] = sections(document);
  expect(weakens?.title).toBe('Weakens isolation, known');
  expect(weakens?.causes.map(({ known, questions, cells }) => [known, questions.length, cells.length])).toEqual([
    ['crio-mode-0666', 10, 2],
    ['crio-host-devices-0666', 2, 2],
    ['crio-privileged-ambient', 1, 2],
  ]);
  for (const { issue } of weakens?.causes ?? []) {
    expect(issue?.impact).not.toBe('');
    expect(issue?.remedy).toBeDefined();
  }
  expect(breaks).toMatchObject({ title: 'Broken, known', causes: [{ known: 'crio-crun-userns-mode-000' }] });
});

test('what is documented and weakens all the same is a hole as much as a known issue', () => {
  const document = run('containerd-2.3.4');
  expect(sections(document).map(({ title }) => title)).toContain('Weakens isolation, as documented');
  expect(holes(document)).toBe(2);
});

test('a headline is the finding: the question with the answer that was seen, where no issue is known', () => {
  const [cause] = causes(run('kata-3.30.0-go-containerd-1.7.24')).filter(({ questions }) => questions.includes('RVMM-KVM-WIDE'));
  expect(cause?.headline).toBe(
    'What becomes of a rootless VMM where /dev/kvm is root:root 0666? It runs, and gets the group of root, which hides that the group is wrong',
  );
});

test('the headline counts what is new, and says how much of it weakens isolation', () => {
  const { verdicts, ...document } = run('containerd-1.7.24');
  const [first] = verdicts;
  if (first === undefined) throw new Error('The recorded run has no verdict');
  const fail = (question: string) => ({
    ...first,
    question,
    verdict: 'fail' as const,
    answer: undefined,
    known: undefined,
    harm: undefined,
  });
  const fresh = { ...document, verdicts: [fail('A'), { ...fail('B'), harm: 'weakens' as const }] };
  expect(headline(fresh)).toBe('2 new findings, 1 weakens isolation.');
  expect(headline({ ...fresh, verdicts: [fail('A')] })).toBe('1 new finding.');
});
