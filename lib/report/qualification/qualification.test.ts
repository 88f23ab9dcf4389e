import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { knownIssues } from '../../../suites/known-issues.ts';
import type { Document } from '../../model/document.ts';
import { qualificationPage } from '../../page/qualification.ts';
import { recordedRuns } from '../../testing/recorded.ts';
import { hostileTexts } from '../../testing/report/hostile.ts';
import { temporary } from '../../testing/temporary.ts';
import { exec } from '../../util/exec.ts';
import { recordedDocument } from '../../verbs/recorded.ts';
import { qualificationMarkdown } from './markdown.ts';
import { qualification, type Qualification } from './qualification.ts';
import { recordPatch } from './record.ts';
import { renderQualification } from './terminal.ts';

const documentOf = (name: string): Promise<Document> => {
  const found = recordedRuns().find((each) => each.name === name);
  if (found === undefined) throw new Error(`results/reference has no ${name}`);
  return recordedDocument(found.folder.path, '');
};

describe('a qualification', () => {
  let old: Document;
  let both: Document;
  let told: Qualification;
  beforeAll(async () => {
    old = await documentOf('containerd-1.7.24');
    both = await documentOf('containerd-1.5.18-2.2.7-2.3.4');
    told = qualification([both], { name: 'containerd', against: '2.2.7', version: '2.3.4' });
  });

  it('has what two versions of one run answer differently, and nothing else', () => {
    expect(told).toMatchObject({ compared: 97, same: 95, exit: 0, unjudged: [], with: ['crun 1.21', 'runc 1.1.15'] });
    expect(told.changes).toMatchObject([
      {
        kind: 'mended',
        question: 'DEV-CDI-OFF',
        before: { answer: 'left-out' },
        after: { answer: 'refused' },
        unrecorded: false,
        cells: ['debian-13/containerd-2.3.4/crun-1.21', 'debian-13/containerd-2.3.4/runc-1.1.15'],
      },
    ]);
  });

  it('turned round is newly broken, and exits with 1', () => {
    const back = swapped(both, '2.2.7', '2.3.4');
    const worse = qualification([back], { name: 'containerd', against: '2.2.7', version: '2.3.4' });
    expect(worse.changes.map(({ kind, question, harm }) => [kind, question, harm])).toEqual([
      ['newly-broken', 'DEV-CDI-OFF', 'breaks'],
    ]);
    expect(worse.exit).toBe(1);
  });

  it('compares the versions of several runs, whatever their order', async () => {
    const compared = { name: 'containerd', against: '1.7.24', version: '2.3.4' };
    const newer = await documentOf('containerd-2.3.4');
    const one = qualification([old, newer], compared);
    expect(one.changes.map(({ question }) => question)).toEqual(['DEV-CDI', 'DEV-CDI-OFF', 'OWN-CDI']);
    expect({ ...qualification([newer, old], compared), run: '', started: '' }).toEqual({ ...one, run: '', started: '' });
  });

  it('takes what an interrupted run could not judge from another run', () => {
    const cut = { ...both, verdicts: both.verdicts.map((each) => ({ ...each, verdict: 'missing' as const })) };
    const found = qualification([both, cut], { name: 'containerd', against: '2.2.7', version: '2.3.4' });
    expect(found).toMatchObject({ compared: told.compared, same: told.same, unjudged: [], exit: told.exit });
  });

  it('exits with 1 for a change that nobody has recorded, though it harms nobody', () => {
    const fresh = answered(both, { cell: /2\.3\.4/, question: 'OWN-ID', answer: 'another' });
    const found = qualification([fresh], { name: 'containerd', against: '2.2.7', version: '2.3.4' });
    expect(found.changes[0]).toMatchObject({ question: 'OWN-ID', unrecorded: true });
    expect(found.exit).toBe(1);
  });

  it('exits with 75 where the newer version could not be judged, and where there is nothing to compare', () => {
    const none = qualification([old], { name: 'containerd', against: '1.7.24', version: '9.9.9' });
    expect(none).toMatchObject({ compared: 0, exit: 75 });
    const lost = {
      ...both,
      verdicts: both.verdicts.map((each) => (/2\.3\.4/.test(each.cell) ? { ...each, verdict: 'blocked' as const } : each)),
    };
    expect(qualification([lost], { name: 'containerd', against: '2.2.7', version: '2.3.4' }).exit).toBe(75);
  });

  it.for(['2.3.4', '2.2.7'])('exits with 75 where a scenario of %s was lost: nothing could be decided', (version) => {
    const document = {
      ...both,
      verdicts: both.verdicts.map((each) =>
        each.cell.includes(version) && each.question === 'OWN-ON' ? { ...each, verdict: 'error' as const } : each,
      ),
    };
    const others = document.verdicts.filter(({ question }) => question !== 'DEV-CDI-OFF');
    expect(
      qualification([{ ...document, verdicts: others }], { name: 'containerd', against: '2.2.7', version: '2.3.4' }).exit,
    ).toBe(75);
  });

  it('says of an interrupted run how it goes on, and that its exit code is of what came out until then', () => {
    const text = renderQualification(told, { width: 200, files: [], resume: 'results/7' });
    expect(text).toMatch(/^Then +npx podproof run --resume results\/7, and this again with --recorded results\/7$/m);
    expect(text).toMatch(/^Exit +130: interrupted; \d+ by what was compared until then$/m);
  });

  it('exits with 1 where the wrong thing was tested', () => {
    const wrong = {
      ...both,
      verdicts: both.verdicts.map((each) => (/2\.3\.4/.test(each.cell) ? { ...each, verdict: 'void' as const } : each)),
    };
    expect(qualification([wrong], { name: 'containerd', against: '2.2.7', version: '2.3.4' }).exit).toBe(1);
  });

  it('fits a screen of 80 columns', () => {
    const text = renderQualification(told, { width: 80, files: [['Notes', '/results/run/qualify.md']] });
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toContain('left out → refused: mended, as documented');
  });

  it('is a table in release notes', () => {
    expect(qualificationMarkdown(told)).toMatch(
      /^## containerd 2\.2\.7 → 2\.3\.4[^]*\n\| What is asked \| 2\.2\.7 \| 2\.3\.4 \| Effect \| Remedy \|\n\| --- [^]*\*\*it is refused\*\*/,
    );
  });

  it('is a patch of known issues that git applies, for what nobody has recorded', async () => {
    await using place = await temporary();
    const file = join(place.path, 'suites/known-issues.ts');
    const rows = `export const knownIssues: KnownIssue[] = [\n${knownIssues.map(({ id }) => `  { id: '${id}' },\n`).join('')}];\n`;
    await mkdir(join(place.path, 'suites'));
    await writeFile(file, rows);
    const fresh = answered(both, { cell: /2\.3\.4/, question: 'DEV-CDI-OFF', answer: 'injected' });
    const found = qualification([fresh], { name: 'containerd', against: '2.2.7', version: '2.3.4' });
    const patch = recordPatch(found, { knownIssues: rows, features: new Map([['DEV-CDI-OFF', ['cdi']]]) });
    expect(patch).toContain("feature cdi: until: '2.3.4'");
    await writeFile(join(place.path, 'qualify.patch'), patch);
    const applied = await exec(['git', 'apply', '--verbose', 'qualify.patch'], { cwd: place.path });
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(await readFile(file, 'utf8')).toMatch(
      /^ {2}\{\n {4}id: 'containerd-2-3-4-dev-cdi-off',\n[^]*answers: \{ 'DEV-CDI-OFF': \['injected'\] \},\n[^]*\n\];$/m,
    );
    expect(recordPatch(told, { knownIssues: rows, features: new Map() })).toBe('');
  });

  it.for(hostileTexts.map((text, index) => [index, text] as const))('hostile text %i acts in none of its forms', ([, text]) => {
    const hostile = {
      ...both,
      run: { ...both.run, id: text },
      questions: both.questions.map((question) => ({
        ...question,
        asks: text,
        answers: question.answers.map((each) => ({ ...each, says: text })),
      })),
      verdicts: both.verdicts.map((each) =>
        /2\.3\.4/.test(each.cell) && each.question === 'DEV-CDI-OFF'
          ? { ...each, verdict: 'fail' as const, answer: text, observed: text }
          : each,
      ),
    };
    const found = qualification([hostile], { name: 'containerd', against: '2.2.7', version: '2.3.4' });
    const patch = recordPatch(found, { knownIssues: 'a\nb\nc\n];\n', features: new Map() });
    const screen = renderQualification(found, { width: 80, files: [] });
    for (const form of [patch, screen, qualificationMarkdown(found), qualificationPage(found)]) expect(form).not.toMatch(acting);
    expect(screen).not.toMatch(/##\[|^\s*::/m);
    expect(patch.match(/^(?:diff|---|\+\+\+|@@) ?/gm)).toEqual(['--- ', '+++ ', '@@ ']);
    expect(
      qualificationMarkdown(found).replaceAll(/`podproof qualify`|<\/?(?:code|br)>|<a href="https:[^"]*">|<\/a>/g, ''),
    ).not.toMatch(/[<>`[\]]/);
    expect(qualificationPage(found)).not.toMatch(/<(?:img|script|svg onload)/);
  });
});

/** What may be in no text that we write: controls but line ends, and marks that hide or reorder. */
// oxlint-disable-next-line no-control-regex
const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** The verdicts of two versions exchanged. */
function swapped(document: Document, one: string, other: string): Document {
  const turn = (cell: string): string =>
    cell.includes(one) ? cell.replace(one, other) : cell.includes(other) ? cell.replace(other, one) : cell;
  return { ...document, verdicts: document.verdicts.map((verdict) => ({ ...verdict, cell: turn(verdict.cell) })) };
}

/** With an answer that deviates. */
function answered(document: Document, { cell, question, answer }: { cell: RegExp; question: string; answer: string }): Document {
  return {
    ...document,
    verdicts: document.verdicts.map((verdict) =>
      verdict.question === question && cell.test(verdict.cell) ? { ...verdict, verdict: 'fail', answer } : verdict,
    ),
  };
}
