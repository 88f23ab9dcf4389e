import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withBaseline } from './compare.ts';
import { renderJson } from './json.ts';
import { sampleDocument, sampleEvidence } from '../testing/report/sample.ts';
import { writeReports } from './write.ts';

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'podproof-report-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('all reports are written into a directory that is created, and nothing else is left there', async () => {
  const path = join(await directory(), 'a', 'b');
  const written = await writeReports(sampleDocument(), sampleEvidence(sampleDocument()), path);
  const names = ['badge.json', 'badge.svg', 'ctrf.json', 'report.html', 'report.json', 'report.md', 'report.xml'];
  expect((await readdir(path)).sort()).toEqual(names);
  expect(written.sort()).toEqual(names.map((name) => join(path, name)));
  expect(await readFile(join(path, 'report.json'), 'utf8')).toBe(renderJson(sampleDocument()));
});

test('writing again gives the same bytes, and a baseline is compared with', async () => {
  const path = await directory();
  await writeReports(sampleDocument(), new Map(), path);
  const first = await readFile(join(path, 'report.html'), 'utf8');
  await writeReports(sampleDocument(), new Map(), path);
  expect(await readFile(join(path, 'report.html'), 'utf8')).toBe(first);
  await writeReports(withBaseline(sampleDocument(), sampleDocument()), new Map(), path);
  expect(await readFile(join(path, 'report.html'), 'utf8')).toContain('Nothing changed.');
});

test('names and serial numbers are taken out of every report, and kept when that is asked for', async () => {
  const path = await directory();
  const document = sampleDocument();
  document.verdicts[0] = { ...document.verdicts[0]!, observed: 'disk of /home/alice, serial=S5GXNX0R123456' };
  const evidence = new Map(
    [...sampleEvidence(document)].map(([key, observation]) => [key, { ...observation, engineLog: 'password=hunter22' }]),
  );
  const all = async (): Promise<string> => {
    const files = (await readdir(path)).map((name) => readFile(join(path, name), 'utf8'));
    return (await Promise.all(files)).join('');
  };
  await writeReports(document, evidence, path);
  expect(await all()).not.toMatch(/alice|S5GXNX0R|hunter22/);
  await writeReports(document, evidence, path, { redact: false });
  expect(await all()).toMatch(/alice/);
});

test('a report that cannot be put in place leaves no half of it behind', async () => {
  const path = await directory();
  await mkdir(join(path, 'report.html'));
  await writeFile(join(path, 'report.html', 'x'), '');
  await expect(writeReports(sampleDocument(), new Map(), path)).rejects.toThrow('report.html');
  expect((await readdir(path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
