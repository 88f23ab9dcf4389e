import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, openReport } from './browser.ts';
import type { Document } from '../../model/document.ts';
import { forFile } from './for-file.ts';
import { documentOf, observedOf, podproof, verdictsOf } from './podproof.ts';
import { temporary } from '../temporary.ts';

const runtimes = ['runc', 'crun'];
const { path: results } = await forFile(temporary());

describe('the main job, with a real host, a real containerd and real pods', () => {
  let output = '';
  let log = '';
  let summary = '';
  let exitCode: number | undefined;
  let document: Document;

  beforeAll(async () => {
    const run = await podproof(['--results', results, 'run']);
    // As on a terminal that is wide enough.
    summary = run.stdout.replaceAll('\n          ', ' ');
    log = run.stderr;
    output = `${summary}\n${log}`;
    exitCode = run.exitCode;
    document = await documentOf(join(results, 'latest'));
  });

  test('every question holds and the exit code is 0', () => {
    const red = document.verdicts.filter(({ verdict }) => !['pass', 'unsupported', 'known'].includes(verdict));
    expect(red.map(({ cell, question, scenario, observed, reason }) => ({ cell, question, scenario, observed, reason }))).toEqual(
      [],
    );
    expect(exitCode).toBe(0);
    expect(document.counts.pass).toBeGreaterThan(80);
  });

  test('nothing is silent for longer than 15 s, and pods are counted and named while they run', () => {
    const lines = log.split('\n').filter((line) => line !== '');
    const times = lines.flatMap((line) => /^\[ *([\d.]+) s\] /.exec(line)?.[1] ?? []).map(Number);
    expect(times.length).toBeGreaterThan(10);
    const gaps = times.map((time, index) => ({ gap: time - (times[index - 1] ?? 0), before: lines[index] }));
    expect(gaps.filter(({ gap }) => gap > 15)).toEqual([]);
    expect(log).toMatch(/^\[ *[\d.]+ s\] pods \d+ of \d+.*: \S+\/(runc|crun)-\S+ \S+/m);
  });

  test('the last lines say what weakens isolation, then the counts and the exit code', () => {
    const last = summary
      .trimEnd()
      .replaceAll(/\n {10}/g, ' ')
      .split('\n')
      .slice(-3);
    expect(summary).toMatch(/^Found {5}Nothing new\. \d known causes? weakens? isolation\.$/m);
    expect(summary).toMatch(/^Weakens isolation, known: \d+$/m);
    expect(summary).toMatch(/^ {4}in {4}HYG-HOST-NULL in 1 cell: debian-13\/containerd-\S+\/crun-\S+$/m);
    expect(summary).toMatch(/^ {4}fix {3}a newer crun/m);
    expect(last).toEqual([
      expect.stringMatching(/^Report {4}\S+report\.html$/),
      expect.stringMatching(/^Verdicts {2}.*\d+ pass/),
      'Exit      0: nothing new',
    ]);
  });

  test('the summary names the report, the accelerator and the counts, and latest points to the run', async () => {
    expect(output).toMatch(/^Report +\S+report\.html$/m);
    expect(output).toMatch(/accelerator (tcg|kvm)/);
    expect(output).toMatch(/^Verdicts +.*\d+ pass/m);
    expect(await readlink(join(results, 'latest'))).toBe(document.run.id);
  });

  test.for(runtimes)('%s: user 1000 and group 2000 own the device, its mode is kept, and it can be read', (runtime) => {
    expect(verdictsOf(document, 'OWN-ON')).toMatchObject({ [`${runtime} user-and-group`]: 'pass' });
    expect(observedOf(document, 'OWN-ON', runtime)).toContain('/dev/podproof-block belongs to 1000:2000');
    expect(observedOf(document, 'OWN-MODE', runtime)).toContain('/dev/podproof-block has mode 0640');
    expect(observedOf(document, 'OWN-ID', runtime)).toContain(': uid=1000 gid=2000 groups=2000,3000');
  });

  test.for(runtimes)('%s: a user alone keeps the group of the host, and USER in the image is ignored', (runtime) => {
    expect(observedOf(document, 'OWN-USER-ONLY', runtime)).toContain('/dev/podproof-block belongs to 1000:4321');
    expect(observedOf(document, 'OWN-IMAGE-USER', runtime)).toContain('read of /dev/podproof-block fails with EACCES');
  });

  test.for(runtimes)('%s: the VFIO group node belongs to 1000:2000', (runtime) => {
    expect(observedOf(document, 'OWN-QAT-DPDK', runtime)).toMatch(
      /\/dev\/vfio\/\d+ belongs to 1000:2000; .*\/dev\/vfio\/\d+ has mode 0600/,
    );
  });

  test.for(runtimes)('%s: a device of permissions r is not writable, and a missing one is refused at create', (runtime) => {
    expect(observedOf(document, 'DEV-CGROUP', runtime)).toContain('write of /dev/podproof-char fails with EPERM');
    expect(observedOf(document, 'DEV-MISSING', runtime)).toMatch(
      /^it is refused: CreateContainer failed: .*lstat \S+: no such file or directory$/,
    );
  });

  test.for(runtimes)(
    '%s: a privileged pod has the nodes of the host, and only the defaults when they are withheld',
    (runtime) => {
      expect(observedOf(document, 'PRIV-HOST-DEV', runtime)).toMatch(/: all \d{2,} device nodes of the host, unchanged$/);
      expect(observedOf(document, 'PRIV-NO-HOST-DEV', runtime)).toContain(
        'the /dev of an unprivileged pod, and every capability: the default /dev',
      );
    },
  );

  test.for(runtimes)(
    '%s: the blog’s snippet is dead as printed, in a daemon too, and works in a file of version 2',
    (runtime) => {
      const dead = expect.stringMatching(
        /no effect, without a word: device_ownership_from_security_context = false, without a word$/,
      );
      expect(observedOf(document, 'DOC-SNIPPET-OWNERSHIP', runtime).split('\n')).toEqual([dead, dead]);
      expect(observedOf(document, 'DOC-SNIPPET-OWNERSHIP-VERSIONED', runtime)).toBe(
        'every key of it is in force: device_ownership_from_security_context = true',
      );
      expect(observedOf(document, 'DOC-SNIPPET-PRIVILEGED-VERSIONED', runtime)).toMatch(
        /^the engine does not start: .*invalid plugin key URI "cri"/,
      );
    },
  );

  test('the report opens in a browser: matrix, filter and evidence work, and nothing is fetched', async () => {
    await using browser = await launchBrowser();
    const markup = await readFile(join(results, 'latest', 'report.html'), 'utf8');
    await using report = await openReport(browser, markup);
    const { page } = report;
    const rows = page.locator('[aria-label^="pass: PRIV-HOST-DEV in"]');
    await page.locator('#only').fill('question=PRIV-HOST-DEV');
    await rows.first().waitFor();
    await page.locator('#only').fill('question=OWN-ON');
    await rows.first().waitFor({ state: 'detached' });
    await page.locator('[aria-label^="pass: OWN-ON in"]').first().click();
    await page.getByText('/dev/podproof-block belongs to 1000:2000').first().waitFor();
    expect(report.offences).toEqual([]);
  });

  test('judging the records again, without a host, gives the same document', async () => {
    const again = await podproof(['--results', results, 'judge', 'latest', '--json']);
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual(document);
  });
});
