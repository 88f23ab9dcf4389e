import { describe, expect, it } from 'vitest';
import { knownIssues, suites } from '../../suites/all.ts';
import { hostileChanges, hostileTexts } from '../testing/report/hostile.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { referenceDocuments } from '../verbs/reference-documents.ts';
import type { Book } from './book.ts';
import { explain, type Explanation, type Sources } from './explain.ts';
import { recordedCell, recordedQuestions } from './recorded.ts';
import { reply } from './reply/reply.ts';
import { symptoms } from './symptoms/all.ts';
import { find, indexOf } from './words/find.ts';
import { entriesOf } from './words/entries.ts';

const book: Book = { suites, known: knownIssues, symptoms };
const documents = await referenceDocuments();
const index = indexOf(entriesOf(book));
const ask = (text: string, sources: Sources = {}): Explanation =>
  explain(text, book, { documents, find: (query) => find(index, query), ...sources });
const shown = (text: string): string => reply(explain(text, book, { documents })).replaceAll(/\s+/g, ' ');

describe('recorded evidence', () => {
  it('of a question names every tested range of versions, and where it deviates by which known issue', () => {
    const text = shown('OWN-ON');
    expect(text).toMatch(/containerd 1\.6\.20 · [\w.· -]+ with runc 1\.1\.5 · [\d. ·]+: as documented/);
    expect(text).toMatch(/crio 1\.36\.3 with kata 3\.30\.0 · 4\.1\.0 \(go qemu\): deviates, known: crio-kata-mode-000/);
    const [entry] = recordedQuestions(documents, ['OWN-ON']);
    expect(entry?.ranges).toContainEqual(
      expect.objectContaining({ engine: 'crio', runtime: 'kata go qemu', answer: 'known', known: ['crio-kata-mode-000'] }),
    );
    expect(entry?.ranges.map(({ answer }) => answer)).not.toContain('unsupported');
  });

  it('of a known issue names only where it was seen', () => {
    const { recorded } = explain('crio-mode-0666', book, { documents });
    expect(recorded.map(({ question }) => question)).toEqual(expect.arrayContaining(['OWN-MODE', 'OWN-ON', 'OWN-QAT-DPDK']));
    for (const { engine, known } of recorded.flatMap(({ ranges }) => ranges)) {
      expect(engine).toBe('crio');
      expect(known).toContain('crio-mode-0666');
    }
  });

  it('of a failure is that of the questions that its first cause names', () => {
    const { causes, recorded } = explain('cat: /dev/dri/renderD128: Permission denied', book, { documents });
    expect(causes[0]?.id).toBe('file-mode');
    expect(causes[0]?.questions).toEqual(expect.arrayContaining(recorded.map(({ question }) => question)));
    expect(recorded.find(({ question }) => question === 'OWN-OFF')?.ranges.map(({ answer }) => answer)).toContain('pass');
  });

  it('of a cell is every run of it, newest first, with what deviates', () => {
    const runs = recordedCell(documents, 'debian-13/crio-1.36.3/runc-1.1.15');
    expect(runs.map(({ run }) => run)).toContain('crio-1.36.3');
    const whole = runs.find(({ run }) => run === 'crio-1.36.3');
    expect(whole?.deviates).toContainEqual({ question: 'OWN-MODE', known: 'crio-mode-0666' });
    const starts = runs.map(({ started }) => started);
    expect([...starts].sort((a, b) => (a < b ? 1 : -1))).toEqual(starts);
  });

  it('is left out where there is none', () => {
    expect(explain('OWN-ON', book).recorded).toEqual([]);
    expect(reply(explain('OWN-ON', book))).not.toContain('Recorded');
    expect(recordedCell([sampleDocument()], 'debian-13/crio-9.9/runc-9.9')).toEqual([]);
  });

  it.for(hostileTexts)('of hostile runs %# is inert on a terminal', (hostile) => {
    const document = hostileChanges(hostile);
    const question = { ...document, verdicts: document.verdicts.map((verdict) => ({ ...verdict, question: 'OWN-ON' })) };
    const text = reply(explain('OWN-ON', book, { documents: [question] }));
    expect(text).toContain('Recorded evidence');
    // oxlint-disable-next-line no-control-regex
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
    expect(text).not.toMatch(/^::/m);
  });
});

describe('who asks in words', () => {
  it('learns what the newest tested versions answer, since when, and what older ones answer', () => {
    const { questions, standings } = ask('since which containerd version does device_ownership_from_security_context work');
    expect(questions.map(({ id }) => id)).toEqual(['OWN-ON']);
    expect(standings.map(({ engine }) => engine)).not.toContain('CRI-O');
    expect(standings).toContainEqual({
      engine: 'containerd',
      runtimes: ['crun', 'runc'],
      answer: 'opens',
      since: 'since 1.6.20',
      before: expect.arrayContaining([{ answer: 'EACCES: key unknown', harm: 'breaks' }]),
      known: [],
    });
  });

  it('learns of the engine and the runtime that he names, what weakens first, with the issue and its remedy', () => {
    const asked = ask('can a non-root pod open /dev/dri/renderD128 on CRI-O?');
    expect(new Set(asked.standings.map(({ engine }) => engine))).toEqual(new Set(['CRI-O']));
    expect(asked.standings[0]).toMatchObject({ harm: 'weakens', known: ['crio-mode-0666'] });
    expect(reply(asked).replaceAll(/\s+/g, ' ')).toContain('[crio-mode-0666]; crio; runc or crun or runsc fix none known');
    expect(ask('does hostUsers: false work with gVisor').standings.map(({ runtimes }) => runtimes)).toEqual([['gVisor']]);
  });

  it('is answered by a question that was asked where he asks, not by one that does not apply there', () => {
    expect(ask("can a privileged pod see the host's disks under Kata?").questions.map(({ id }) => id)).toEqual([
      'PRIV-KATA-ISOLATED',
    ]);
  });

  it('gets answers of the wanted versions alone', () => {
    const { standings } = ask('OWN-ON device ownership', { engine: { name: 'containerd', version: '1.5' } });
    expect(standings.map(({ engine, since }) => [engine, since])).toEqual([['containerd', '1.5.18']]);
  });

  it.for(hostileTexts)('of hostile runs %# reads what is inert on a terminal', (hostile) => {
    const document = hostileChanges(hostile);
    const question = { ...document, verdicts: document.verdicts.map((verdict) => ({ ...verdict, question: 'OWN-ON' })) };
    const asked = ask('can a non-root pod use its devices with device_ownership_from_security_context?', {
      documents: [question],
    });
    expect(asked.standings).not.toEqual([]);
    // oxlint-disable-next-line no-control-regex
    expect(reply(asked).replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
  });
});
