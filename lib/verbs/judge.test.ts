import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { recordedRuns } from '../testing/recorded.ts';
import { Document } from '../model/document.ts';
import { readDocument } from '../record/read-document.ts';
import { UsageError } from '../util/errors.ts';
import { printed } from '../testing/printed.ts';

const exitCode = process.exitCode;
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = exitCode;
});

describe('judge', () => {
  it('judges a recorded run again without a host, writes its reports and exits by what it found', async () => {
    await using results = await temporary();
    const [run] = recordedRuns();
    if (run === undefined) throw new Error('results/reference is empty');
    await cp(run.folder.path, join(results.path, run.name), { recursive: true });
    const document = Document.parse(JSON.parse(await printed(results.path, 'judge', run.name, '--json')));
    expect(process.exitCode).toBe(document.run.exit);
    expect(await readDocument(join(results.path, run.name, 'report.json'))).toEqual(document);
    expect(await readFile(join(results.path, run.name, 'report.html'), 'utf8')).toContain(run.name);
    expect(await printed(results.path, 'report', run.name)).toContain(`Report    ${join(results.path, run.name, 'report.html')}`);
  });

  it('of a run that is not there is bad input', async () => {
    await using results = await temporary();
    await expect(printed(results.path, 'judge', 'yesterday')).rejects.toBeInstanceOf(UsageError);
    await expect(printed(results.path, 'report', 'yesterday')).rejects.toBeInstanceOf(UsageError);
  });
});
