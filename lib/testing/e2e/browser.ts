import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { browserOf } from '../../setup/browser.ts';
import { temporary } from '../temporary.ts';

/** The system's Chromium, without anything that reaches the network by itself. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = browserOf(process.env);
  if (executablePath === undefined) throw new Error('No Chromium is here: run node lib/setup/bootstrap.mjs test');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** A page that was opened from a file, with everything that it should not have done. */
export interface OpenedReport extends AsyncDisposable {
  page: Page;
  url: string;
  /** Messages of the console, uncaught errors, and requests other than for the file itself. */
  offences: string[];
}

/** A new page, with what it says on the console, its uncaught errors, and its requests that are not allowed. */
export async function watchedPage(
  context: BrowserContext,
  isAllowed: (url: string) => boolean,
): Promise<{ page: Page; offences: string[] }> {
  const page = await context.newPage();
  const offences: string[] = [];
  page.on('console', (message) => void offences.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => void offences.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    if (!isAllowed(request.url())) offences.push(`request: ${request.url()}`);
  });
  return { page, offences };
}

/** Opens a report as a reader would, from a file. */
export async function openReport(
  browser: Browser,
  markup: string,
  options: BrowserContextOptions & { hash?: string } = {},
): Promise<OpenedReport> {
  const directory = await temporary();
  const path = join(directory.path, 'report.html');
  await writeFile(path, markup);
  const url = pathToFileURL(path).href;
  const { hash = '', ...contextOptions } = options;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...contextOptions,
  });
  const { page, offences } = await watchedPage(context, (asked) => asked.split('#')[0] === url);
  await page.goto(url + hash);
  await page.locator('table.matrix:not([aria-busy])').waitFor();
  return {
    page,
    url,
    offences,
    async [Symbol.asyncDispose]() {
      await context.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}
