import { createRequire } from 'node:module';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RecordedSite, recordedSite } from '../recorded-site.ts';
import { launchBrowser, watchedPage } from './browser.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
let browser: Browser;
let site: RecordedSite;
let directory: string;
beforeAll(async () => {
  browser = await launchBrowser();
  site = await recordedSite('containerd-1.5.18-2.2.7-2.3.4', { name: 'containerd', against: '2.2.7', version: '2.3.4' });
  directory = site.directory;
});
afterAll(async () => {
  await browser.close();
  await site[Symbol.asyncDispose]();
});

const address = (path: string): string => pathToFileURL(join(directory, path)).href.replace('%23', '#');

/** A page of the site, as a reader opens it: the test fails where it does what no page should. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const { page, offences } = await watchedPage(context, (url) => url.startsWith(pathToFileURL(directory).href));
  onTestFinished(async () => {
    await context.close();
    if (options.bypassCSP !== true) expect(offences).toEqual([]);
  });
  await page.goto(address(path));
  return page;
}

/** Rows and column headings that are to be seen. */
async function seen(page: Page): Promise<{ questions: string[]; columns: string[] }> {
  const questions = await page.locator('tr[data-text]:visible .id').allTextContents();
  const columns = await page.locator('thead th[data-text]:visible').allTextContents();
  return { questions, columns: [...new Set(columns.map((text) => text.replaceAll(/\s+/g, ' ').trim()))] };
}

/** Pastes into the field that has the focus: a field of one line would lose the ends of lines. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', ${JSON.stringify(text)});
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);
}

describe('the site', () => {
  it('opens every page from a file without a word on the console and without a request', async () => {
    const paths = (await readdir(directory, { recursive: true })).filter((path) => path.endsWith('.html'));
    expect(paths.length).toBeGreaterThan(60);
    const page = await open('index.html');
    for (const path of paths) {
      await page.goto(address(path));
      expect(await page.locator('h1').count(), path).toBe(1);
    }
  });

  it('answers what was asked, keeps it in the address, and leads to the evidence', async () => {
    const page = await open('index.html');
    const before = await seen(page);
    await page.getByRole('searchbox', { name: 'Ask' }).fill('ownership CRI-O kata');
    const after = await seen(page);
    expect(after.columns).toEqual(['CRI-O with Kata Containers (Go, QEMU)']);
    expect(after.questions).toContain('OWN-ON');
    expect(after.questions.length).toBeLessThan(before.questions.length);
    expect(after.questions.filter((id) => id.startsWith('PRIV-'))).toEqual([]);
    expect(await page.locator('#found').textContent()).toBe(
      `${after.questions.length} of ${await page.locator('tr[data-text]').count()} questions`,
    );
    const link = page.url();
    await page.locator('tr', { hasText: 'OWN-ON' }).locator('td:visible a').first().click();
    expect(page.url()).toBe(address('questions/OWN-ON.html#crio-kata-go-qemu'));
    expect(await page.locator('tr:target').textContent()).toMatch(/3\.30\.0[^]*EACCES: mode 000[^]*breaks/);
    const again = await open('index.html');
    await again.goto(link);
    expect(await seen(again)).toEqual(after);
  });

  it.for<[words: string, found: RegExp]>([
    [
      'Can a non-root pod open a device on CRI-O with gVisor?',
      /^\d+ of \d+ questions; nothing was run with crio and runsc together$/,
    ],
    ['device_ownership_from_security_context frobnicate', /^\d+ of \d+ questions, with 1 of 2 words$/],
    ['frobnicate', /^(\d+) of \1 questions, with 0 of 1 words$/],
  ])('never answers %j with an empty page, and says what it left out', async ([words, found]) => {
    const page = await open('index.html');
    await page.getByRole('searchbox', { name: 'Ask' }).fill(words);
    const { questions, columns } = await seen(page);
    expect(questions.length).toBeGreaterThan(0);
    expect(columns.length).toBeGreaterThan(0);
    expect(await page.locator('#found').textContent()).toMatch(found);
  });

  it('is read without scripts, and without a network', async () => {
    const page = await open('index.html', { javaScriptEnabled: false, offline: true });
    await page.getByText(/^Show the \d+ questions$/).click();
    expect((await seen(page)).questions.length).toBeGreaterThan(60);
    expect(await page.getByRole('searchbox').count()).toBe(0);
  });

  it.for(['index.html', 'proof.html', 'questions/OWN-ON.html', 'engines/crio.html', 'runtimes/kata.html', 'qualify.html'])(
    '%s has no violation that axe finds, light or dark, wide or narrow',
    async (path) => {
      for (const [colorScheme, width] of [
        ['light', 1280],
        ['dark', 390],
      ] as const) {
        const page = await open(path, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        await page.addScriptTag({ path: axe });
        const found = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run: () => Promise<{ violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }> }> };
          };
          const { violations } = await axe.run();
          return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html ?? ''}`);
        });
        expect(found, `${colorScheme} ${width}`).toEqual([]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth'), `${width}`).toBeLessThanOrEqual(width);
      }
    },
  );

  it('a qualification leads to each verdict that changed, in the page of its run', async () => {
    const page = await open('qualify.html');
    await page.locator('.card a.mono').first().click();
    await page.locator('#drawer').waitFor();
    expect(await page.locator('#drawer header').innerText()).toMatch(/DEV-CDI-OFF in debian-13\/containerd-2\.3\.4\//);
  });

  it('a question can be read on a phone: its evidence is folded until it is asked for', async () => {
    const page = await open('questions/OWN-MODE.html', { viewport: { width: 390, height: 844 } });
    expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeLessThan(8 * 844);
    const pod = page.locator('details tbody tr').first();
    expect(await pod.isVisible()).toBe(false);
    await page.locator('summary').first().click();
    expect(await pod.isVisible()).toBe(true);
  });

  it('has a first page that a phone scrolls through in a few screens', async () => {
    const page = await open('index.html', { viewport: { width: 390, height: 844 } });
    await page.getByRole('searchbox', { name: 'Ask' }).waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeLessThan(9 * 844);
  });

  it('leads from a cell of the table to the page of the run, open at the verdict, in two clicks', async () => {
    const page = await open('index.html');
    await page.getByRole('searchbox', { name: 'Ask' }).fill('OWN-ON CRI-O kata');
    await page.locator('tr[data-question="OWN-ON"] td:visible a').first().click();
    await page.locator('tr:target a', { hasText: 'evidence' }).click();
    const drawer = page.locator('#drawer');
    await drawer.waitFor();
    expect(page.url()).toContain('runs/kata-4.1.0-go-crio-1.36.3.html#cell=');
    expect(await drawer.textContent()).toMatch(/OWN-ON[^]*crio-kata-mode-000/);
  });

  describe.for<[who: string, questions: Array<[asks: string, said: RegExp, click: string, then: RegExp]>]>([
    [
      'who qualifies a release',
      [
        [
          'which containerd versions open host devices to everybody',
          /^containerd 1\.3 opens every device of the host, disks too, to everybody/,
          'containerd 1.3 opens every device',
          /containerd <1\.4[^]*a newer containerd \(since containerd 1\.4\.0\)/,
        ],
        [
          'Is a privileged non-root pod under CRI-O confined?',
          /A privileged non-root pod under CRI-O holds every capability/,
          'A privileged non-root pod under CRI-O',
          /CRI-O 1\.24\.6 · 1\.30\.14 · 1\.36\.3[^]*privileged: false/,
        ],
        [
          'Can CDI be turned off?',
          /With CDI off, what becomes of a pod with a CDI device\?/,
          'With CDI off',
          /it is refused[^]*2\.3\.4/,
        ],
        [
          'What does a rootless Kata pod leave behind?',
          /What is left of a rootless sandbox/,
          'What is left of a rootless sandbox',
          /Kata Containers[^]*4\.1\.0/,
        ],
        [
          'Is a CDI device readable by everyone on containerd 1.7?',
          /Whose is a CDI device/,
          'Whose is a CDI device',
          /containerd before 2\.2\.1 opens a CDI device to everybody[^]*fileMode/,
        ],
        [
          'since which version does CRI-O support device ownership',
          /^Can a non-root pod use the devices/,
          'Can a non-root pod',
          /CRI-O 1\.24\.6/,
        ],
        [
          'is seccomp on by default in CRI-O',
          /^Does a pod that names no seccomp profile run under one\?/,
          'Does a pod that names no seccomp profile',
          /CRI-O 1\.24\.6[^]*yes[^]*CRI-O 1\.36\.3[^]*no/,
        ],
        ['which crun gives /dev/null away', /^crun before 1\.24/, 'crun before 1.24', /a newer crun \(since crun 1\.24\)/],
      ],
    ],
    [
      'who keeps a cluster safe',
      [
        [
          'Does a privileged pod see the disks of the host?',
          /^How does a privileged pod have the device nodes of the host\?/,
          'How does a privileged pod',
          /CRI-O[^]*0666, disks too ⚠ weakens/,
        ],
        [
          'Does the VMM run as a non-root user?',
          /^Who runs the VMM with rootless on/,
          'Who runs the VMM',
          /Kata Containers[^]*3\.30\.0/,
        ],
        [
          'privileged_without_host_devices',
          /^privileged_without_host_devices: containerd 1\.3\.0 on/,
          'privileged_without_host_devices',
          /./,
        ],
        [
          'Does Firecracker run as root?',
          /^Kata runs Firecracker as root, with its jailer too/,
          'Kata runs Firecracker as root',
          /QEMU or Cloud Hypervisor with rootless = true/,
        ],
        [
          'Can a pod that got a device read-only write to it under Kata?',
          /^On a kernel of its own, can a device with permissions r be written\?/,
          'On a kernel of its own',
          /nothing on that kernel enforces the permissions/,
        ],
        [
          'Does Kata work with hostUsers: false?',
          /What becomes of a user namespace that a Kata or gVisor pod asks for\?/,
          'What becomes of a user namespace',
          /hostUsers: true \(the default\)/,
        ],
      ],
    ],
    [
      'whose pod fails',
      [
        [
          'open /dev/dri/renderD128: permission denied',
          /^open of \/dev\/dri\/renderD128[^]*EACCES[^]*supplementalGroups[^]*It costs/,
          'OWN-OFF',
          /can a non-root pod open it/,
        ],
        [
          'time="2026-11-20T10:00:00Z" level=info msg="started"\nfailed to create shim task: QMP command failed: Could not open \'/dev/vdb\': Permission denied',
          /^open of \/dev\/vdb by a VMM: EACCES[^]*kata-N account/,
          'RVMM-BLOCK-EACCES',
          /Kata Containers/,
        ],
        [
          'non-root pod, VFIO device, CRI-O with Kata',
          /Can a non-root Kata pod open the VFIO device/,
          'Can a non-root Kata pod open the VFIO device',
          /the guest’s kernel drives it[^]*1\.36\.3/,
        ],
        [
          '/dev/mapper/control: open failed: Operation not permitted',
          /^open of \/dev\/mapper\/control[^]*EPERM[^]*the device cgroup[^]*hostPath/,
          'DEV-CGROUP',
          /EPERM/,
        ],
        [
          "qemu-kvm: -blockdev {}: Could not open '/dev/datavolumevolume3': Permission denied",
          /^open of \/dev\/datavolumevolume3(?![^]*kata-N)[^]*EACCES[^]*supplementalGroups/,
          'OWN-ON',
          /device_ownership_from_security_context/,
        ],
        [
          'do I need the ownership flag if I set supplementalGroups to the group of the device',
          /^With the flag off, whose is a device/,
          'With the flag off',
          /supplementalGroups/,
        ],
      ],
    ],
  ])('%s', ([, questions]) => {
    it.for(questions)('%j is answered by one search, and explained after one click', async ([asks, said, click, then]) => {
      const page = await open('index.html');
      const box = page.getByRole('searchbox', { name: 'Ask' });
      await box.waitFor();
      await box.focus();
      if (asks.includes('\n')) await paste(page, asks);
      else await box.fill(asks);
      expect((await page.locator('#answer').innerText()).trim()).toMatch(said);
      await page.locator('#answer a', { hasText: click }).first().click();
      expect(page.url()).toContain('/questions/');
      expect(await page.locator('main').innerText()).toMatch(then);
    });
  });

  it('is dark where the reader wants it dark', async () => {
    const paper = async (colorScheme: 'light' | 'dark'): Promise<string> =>
      (await open('index.html', { colorScheme })).evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(await paper('dark')).not.toBe(await paper('light'));
  });
});
