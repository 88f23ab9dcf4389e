import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Document } from '../../model/document.ts';
import { withBaseline } from '../../report/compare.ts';
import { renderHtml } from '../../page/page.ts';
import { sampleDocument, sampleEvidence } from '../report/sample.ts';
import { largeDocument } from '../report/large.ts';
import { hostileDocument, hostileEvidence, hostileLease, hostileTexts, longWindedDocument } from '../report/hostile.ts';
import { sampleLease } from '../report/evidence.ts';
import { readDocument } from '../../record/read-document.ts';
import { recordedRuns } from '../recorded.ts';
import { recordedPage } from '../recorded-report.ts';
import { launchBrowser, openReport } from './browser.ts';

const report = renderHtml(sampleDocument(), { evidence: sampleEvidence(sampleDocument()) });
const crioRunc = 'debian-13/crio-1.36.3/runc-1.1.15';
const unfolded = '#open=documented%2Cinapplicable';

let browser: Browser;
beforeAll(async () => void (browser = await launchBrowser()));
afterAll(() => browser.close());

/** A report as a reader opens it: the test fails where it does what no page should. */
async function open(markup: string, options?: Parameters<typeof openReport>[2], mayOffend = false): Promise<Page> {
  const opened = await openReport(browser, markup, options);
  onTestFinished(async () => {
    await opened[Symbol.asyncDispose]();
    if (!mayOffend) expect(opened.offences).toEqual([]);
  });
  return opened.page;
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.locator('table.matrix:not([aria-busy])').waitFor();
}

const cell = (page: Page, label: string): Locator => page.locator(`.matrix button[aria-label^="${label}"]`);
const visibleRows = (page: Page): Promise<string[]> => page.locator('.matrix tbody th[scope=row] .mono').allTextContents();

test('the matrix shows every question and cell, with glyph and word, and nothing leaves the page', async () => {
  const page = await open(report, { hash: unfolded });
  expect(await visibleRows(page)).toHaveLength(sampleDocument().questions.length);
  expect(await page.locator('.matrix thead th[scope=col]').count()).toBe(sampleDocument().cells.length);
  const failed = cell(page, `fail: OWN-DIRECTORY in ${crioRunc}`);
  expect(await failed.innerText()).toBe('fail');
  expect(await failed.locator('svg use').getAttribute('href')).toBe('#glyph-fail');
  expect(await cell(page, 'blocked: OWN-ON in debian-13/containerd-1.7.24/kata-4.1.0-rust-qemu').count()).toBe(1);
  await expectInView(page.locator('.accelerators'));
});

test('questions that deviate come first, and what is documented or does not apply is folded until somebody opens it', async () => {
  const page = await open(report);
  const folds = (): Promise<string[]> => page.locator('.matrix .class th').allInnerTexts();
  const few = await visibleRows(page);
  expect(few[0]).toBe('OWN-DIRECTORY');
  expect(few.length).toBeLessThan(sampleDocument().questions.length);
  const [weakens, deviates, documented] = await folds();
  expect(weakens).toMatch(/^\d+ weaken isolation$/);
  expect(deviates).toMatch(/^\d+ deviate or have no answer$/);
  expect(documented).toMatch(/^\d+ as documented ▸$/);
  await page.locator('[data-fold=documented]').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => visibleRows(page)).toHaveLength(sampleDocument().questions.length);
  expect(await page.evaluate('document.activeElement.dataset.fold')).toBe('documented');
  expect(page.url()).toContain('open=documented');
  await reload(page);
  expect(await page.locator('[data-fold=documented]').getAttribute('aria-expanded')).toBe('true');
  await page.locator('[data-fold=documented]').click();
  await expect.poll(() => visibleRows(page)).toEqual(few);
  await page.locator('#only').fill('verdict=pass');
  await expect.poll(() => visibleRows(page)).toContain('PRIV-DEFAULT-DEV');
});

test('the first screen of a recorded CRI-O run names the holes, those affected and the remedy', async () => {
  const crio = recordedRuns().find(({ name }) => name === 'crio-1.36.3');
  const document = await readDocument(join(crio?.folder.path ?? '', 'report.json'));
  const page = await open(renderHtml(document));
  expect(await page.locator('h1').innerText()).toBe('Nothing new. 3 known causes weaken isolation.');
  const cards = page.locator('.found').first().locator('.cause');
  expect(await cards.count()).toBe(3);
  for (const card of await cards.all()) {
    await expectInView(card);
    const box = await card.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(900);
  }
  expect(await cards.first().innerText()).toMatch(
    /opens every requested device to everybody: 0666[\s\S]*Every process of the pod[\s\S]*Remedy none known/,
  );
  await cards.first().getByText('10 questions in 2 cells').click();
  await expect.poll(() => visibleRows(page)).toHaveLength(10);
});

test('the accelerator stays in view', async () => {
  const page = await open(report);
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  expect(await page.locator('.accelerators').innerText()).toContain('debian-13: tcg, fully emulated');
  await expectInView(page.locator('.accelerators'));
});

test('a filter narrows rows and columns, is in the address and survives a reload', async () => {
  const page = await open(report);
  await page.locator('#only').fill('question=OWN-* engine=crio>=1.30 verdict=fail,known');
  await expect.poll(() => visibleRows(page)).toHaveLength(4);
  const check = async (): Promise<void> => {
    expect(await visibleRows(page)).toEqual(['OWN-DIRECTORY', 'OWN-ON', 'OWN-MODE', 'OWN-OFF']);
    expect(await page.locator('.matrix thead th[scope=col]').count()).toBe(3);
    expect(await page.locator('#filter-state').innerText()).toMatch(/^\d+ of \d+ verdicts$/);
  };
  await check();
  expect(page.url()).toContain('only=question%3DOWN-');
  await reload(page);
  expect(await page.locator('#only').inputValue()).toBe('question=OWN-* engine=crio>=1.30 verdict=fail,known');
  await check();
  await page.locator('#only').fill('colour=red');
  await page.getByText('colour=red: unknown key "colour". Known: host, engine,').waitFor();
  await page.locator('#only').fill('suite=ownrship');
  await page.getByText('unknown suite "ownrship", did you mean "ownership"?').waitFor();
  await page.locator('#only').fill('permission DENIED turtle');
  await page.getByText('0 of 100 verdicts').waitFor();
  await page.locator('#only').fill('permission DENIED vmm');
  await expect.poll(() => visibleRows(page)).toEqual(['RVMM-BLOCK-EACCES']);
});

test('evidence opens by mouse, with the layers, the known issue, the nodes, the calls and the raw observation', async () => {
  const page = await open(report);
  await cell(page, `known: OWN-MODE in ${crioRunc}`).click();
  const drawer = page.locator('#drawer');
  await drawer.getByRole('heading', { name: 'Which mode has a device that the pod was given?' }).waitFor();
  expect(await drawer.locator('.case').count()).toBe(3);
  expect(await drawer.locator('.layers').first().locator('.first').innerText()).toMatch(
    /OCI specification[\s\S]*unset: the runtime chooses[\s\S]*changed first here/,
  );
  expect(await drawer.getByRole('link', { name: 'https://github.com/cri-o/cri-o/issues/9358' }).count()).toBe(3);
  expect(await drawer.locator('.facts a').count()).toBe(0);
  await drawer.getByText('c 10:229 1000:2000 0666 /dev/xchar').first().waitFor();
  await drawer.getByText('c 10:229 1000:2000 no mode /dev/xchar').first().waitFor();
  expect(await drawer.locator('.calls').first().innerText()).toContain('RunPodSandbox');
  await drawer.getByText('Raw observation').first().click();
  await drawer.getByText('"bootId"').first().waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  expect(await drawer.isVisible()).toBe(false);
});

test('the matrix is walked by arrow keys, Enter opens the evidence, Escape closes it and the focus returns', async () => {
  const page = await open(report, { hash: unfolded });
  const focused = (): Promise<string> =>
    page.evaluate('document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id');
  await page.locator('#only').focus();
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('every-cell');
  await page.keyboard.press('Tab');
  expect(await focused()).toMatch(/OWN-DIRECTORY in debian-12/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toMatch(/OWN-ON in debian-13\/containerd-1\.7\.24\/crun-1\.21/);
  await page.keyboard.press('Control+End');
  const last = await focused();
  await page.keyboard.press('Enter');
  expect(await focused()).toBe('drawer');
  expect(await page.locator('#drawer').isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await page.locator('#drawer').isVisible()).toBe(false);
  expect(await focused()).toBe(last);
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.locator('#drawer').getByText('Engine sha256').waitFor();
});

test('the address of an open drawer opens it again, and a finding leads to its evidence and back', async () => {
  const hash = `#cell=${encodeURIComponent(crioRunc)}&suite=ownership&question=OWN-DIRECTORY`;
  const page = await open(report, { hash });
  await page.locator('#drawer').getByText('/dev/podproof-directory/first has mode 0666').first().waitFor();
  await page.keyboard.press('Escape');
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toContain(`OWN-DIRECTORY in ${crioRunc}`);
  const link = page.locator('.causes a[data-drawer]').first();
  await link.click();
  await page.locator('#drawer .case').first().waitFor();
  expect(page.url()).toContain('question=OWN-DIRECTORY');
  await page.keyboard.press('Escape');
  expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe(await link.getAttribute('href'));
  await page.locator('.count.v-fail').click();
  expect(await page.locator('#only').inputValue()).toBe('verdict=fail');
});

test('dark mode has a dark page', async () => {
  const luminance = async (colorScheme: 'light' | 'dark'): Promise<number> => {
    const page = await open(report, { colorScheme });
    const colour: string = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    return (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  };
  expect(await luminance('light')).toBeGreaterThan(700);
  expect(await luminance('dark')).toBeLessThan(120);
});

test('the policy is honoured: injected scripts, styles, images and markup are refused', async () => {
  const page = await open(report, {}, true);
  const refused = await page.evaluate(`(async () => {
    const violations = [];
    addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
    const script = document.createElement('script');
    try { script.text = 'window.injected = 1'; } catch { violations.push('trusted-types script'); }
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    const image = document.createElement('img');
    image.src = 'https://podproof.invalid/x.png';
    document.body.append(style, image);
    try { document.body.innerHTML = '<b>x</b>'; } catch { violations.push('trusted-types markup'); }
    await fetch('https://podproof.invalid/').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { violations, injected: window.injected, display: getComputedStyle(document.body).display };
  })()`);
  expect(refused).toMatchObject({ display: 'block' });
  expect((refused as { violations: string[] }).violations).toEqual(
    expect.arrayContaining(['trusted-types script', 'trusted-types markup', 'style-src-elem', 'img-src', 'connect-src']),
  );
  expect((refused as { injected?: unknown }).injected).toBeUndefined();
});

test.for(hostileTexts)('hostile text %# in every field stays text and in its place, also in the drawer', async (text) => {
  // All its ids are equal, so that every verdict is in one drawer: some are enough.
  const whole = hostileDocument(text);
  const document = { ...whole, verdicts: whole.verdicts.slice(0, 3) };
  const markup = renderHtml(document, { evidence: hostileEvidence(document, text), leases: [hostileLease(text)] });
  const page = await open(markup);
  await page.evaluate('addEventListener("securitypolicyviolation", (event) => console.error(event.effectiveDirective))');
  await page.locator('.matrix tbody td button:not(.cell-head)').first().click();
  await page.locator('#drawer .evidence h4').first().waitFor();
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
  await page.locator('#drawer pre', { hasText: '"identity"' }).first().waitFor();
  expect(await page.locator('img, iframe, object, [onload], [onerror], [onmouseover], b b').count()).toBe(0);
  const links: string[] = await page.locator('a[href]').evaluateAll((list) => list.map((element) => String(element)));
  expect(links.filter((href) => !href.startsWith('file:') && !href.startsWith('https:'))).toEqual([]);
  await expectNoOverflow(page);
});

test('lines of a megabyte stay inside the page', async () => {
  const whole = longWindedDocument();
  const document = { ...whole, verdicts: whole.verdicts.slice(0, 40) };
  const page = await open(renderHtml(document, { evidence: hostileEvidence(document, 'x'.repeat(1_000_000)) }), {
    hash: unfolded,
  });
  await page.locator('.matrix tbody td button[aria-label^=pass]').first().click();
  await page.locator('#drawer .evidence h4').first().waitFor();
  await expectNoOverflow(page);
});

test.for(['light', 'dark'] as const)(
  'axe finds nothing serious in the %s page, with the drawer closed and open',
  async (colorScheme) => {
    const since = { ...sampleDocument(), verdicts: sampleDocument().verdicts.slice(0, 60) };
    const markup = renderHtml(withBaseline(sampleDocument(), since), {
      evidence: sampleEvidence(sampleDocument()),
      leases: [sampleLease()],
    });
    const page = await open(markup, { colorScheme });
    expect(await violations(page)).toEqual([]);
    await cell(page, `known: OWN-MODE in ${crioRunc}`).click();
    await page.locator('#drawer .evidence h4').first().waitFor();
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    expect(await violations(page)).toEqual([]);
  },
);

test('equal neighbouring versions share a column until every cell is asked for, and the address remembers it', async () => {
  const document = versionsDocument();
  const page = await open(renderHtml(document));
  const heads = (): Promise<string[]> => page.locator('.matrix thead tr:nth-child(2) th').allInnerTexts();
  expect(await heads()).toEqual(['containerd 5 tested: 1.1.0 … 1.5.0', 'containerd 7 tested: 1.6.0 … 1.12.0']);
  expect(await page.locator('.matrix .corner').innerText()).toBe(`${document.questions.length} questions, 12 cells in 2 columns`);
  await cell(page, 'fail: OWN-ON in').click();
  expect(await page.locator('#drawer header').innerText()).toContain('debian-13/containerd-1.12.0/runc-1.1.15');
  await page.locator('#drawer .like summary').click();
  await page.locator('#drawer .like a', { hasText: 'containerd-1.6.0/' }).click();
  await page.locator('#drawer header', { hasText: 'containerd-1.6.0/' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByLabel('Every cell').check();
  expect(await heads()).toHaveLength(12);
  expect(page.url()).toContain('cells=all');
  await reload(page);
  expect(await heads()).toHaveLength(12);
});

test('the evidence says which keys of the engine are effective and how to run the pod by hand', async () => {
  const markup = renderHtml(sampleDocument(), { evidence: sampleEvidence(sampleDocument()), leases: [sampleLease()] });
  const page = await open(markup);
  await cell(page, `fail: OWN-DIRECTORY in ${crioRunc}`).click();
  const drawer = page.locator('#drawer');
  await drawer
    .getByText(
      /^npx podproof report containerd-1\.7\.24 --repro debian-13\/crio-1\.36\.3\/runc-1\.1\.15\/ownership\/\S+\/OWN-DIRECTORY --out repro$/,
    )
    .waitFor();
  await drawer.getByText('Planned and effective configuration, 2 keys').click();
  expect(await drawer.locator('.keys .failed').innerText()).toMatch(/enable_cdi\s+true\s+false/);
  await drawer.getByText('Pod sandbox, as crictl reads it').click();
  await drawer.getByText('"cgroup_parent"').waitFor();
});

test('10,000 cells of 60 questions build few elements, scroll and filter without hanging', async () => {
  const page = await open(renderHtml(largeDocument()));
  expect(await page.locator('.matrix td').count()).toBeLessThan(4000);
  await page.getByLabel('Every cell').check();
  await page.evaluate('document.getElementById("grid").scrollTo({ left: 400000 })');
  await expect
    .poll(async () => Number(await page.locator('.matrix thead th[scope=col]').first().getAttribute('aria-colindex')))
    .toBeGreaterThan(1000);
  await page.locator('.matrix tbody td button').first().focus();
  await page.keyboard.press('End');
  await expect.poll(() => page.evaluate('document.activeElement.dataset.column')).toBe('9999');
  await page.locator('#only').fill('verdict=fail engine=containerd>=1.30');
  await expect.poll(() => page.locator('#filter-state').innerText(), { timeout: 10_000 }).toMatch(/^[\d,]+ of 600,000/);
});

test.for(['light', 'dark'] as const)(
  'all recorded runs are one %s page that filters, links, opens by keyboard and has no serious violation',
  async (colorScheme) => {
    const page = await open(await recordedPage(), { colorScheme });
    expect(await violations(page)).toEqual([]);
    await page.locator('#only').fill('suite=ownership engine=crio runtime=runc');
    await expect.poll(() => visibleRows(page)).not.toContain('ID-GUEST');
    await reload(page);
    expect(await visibleRows(page)).toContain('OWN-MODE');
    expect(await visibleRows(page)).not.toContain('ID-GUEST');
    await page.locator('#only').fill('engine=crio runtime=runc harm=weakens answer=open-to-*');
    await expect.poll(() => visibleRows(page)).not.toContain('OWN-CAPS');
    expect(await cell(page, `known: OWN-MODE in ${crioRunc}`).innerText()).toMatch(/^0666/);
    await cell(page, `known: OWN-MODE in ${crioRunc}`).focus();
    await page.keyboard.press('Enter');
    await page.locator('#drawer').getByText('changed first here').first().waitFor();
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.locator('#drawer').isVisible()).toBe(false);
  },
);

async function expectInView(locator: Locator): Promise<void> {
  const box = await locator.boundingBox();
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect(box?.y).toBeLessThan(900);
}

/** Nothing sticks out of the page or of the drawer. */
async function expectNoOverflow(page: Page): Promise<void> {
  const beyond = await page.evaluate(
    `[document.documentElement, document.getElementById('drawer')].map((element) => element.scrollWidth - element.clientWidth)`,
  );
  expect(beyond).toEqual([0, 0]);
}

/** What axe calls serious or critical. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`);
}

/** Twelve versions of an engine with one runtime; from the sixth on one question fails. */
function versionsDocument(): Document {
  const base = sampleDocument();
  const first = base.cells[0]!;
  const own = base.verdicts.filter((verdict) => verdict.cell === first.id);
  const cells = Array.from({ length: 12 }, (_, index) => {
    const version = `1.${index + 1}.0`;
    return {
      ...first,
      id: `debian-13/containerd-${version}/runc-1.1.15`,
      engine: { ...first.engine, version },
      verdict: index >= 5 ? ('fail' as const) : first.verdict,
    };
  });
  const verdicts = cells.flatMap((cell) =>
    own.map((verdict) => ({
      ...verdict,
      cell: cell.id,
      ...(verdict.question === 'OWN-ON' && cell.verdict === 'fail' ? { verdict: 'fail' as const } : {}),
    })),
  );
  return { ...base, cells, verdicts };
}
