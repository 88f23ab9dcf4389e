import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runPath, siteBadges } from '../page/site/site.ts';
import { packageRoot } from '../util/paths.ts';
import { guide } from '../verbs/site.ts';
import { launchBrowser } from './e2e/browser.ts';
import { recordedSite } from './recorded-site.ts';

// The pictures and the badges of the README files, from the recorded runs below results/reference: npm run picture
const crio = runPath('crio-1.36.3');
const evidence = new URLSearchParams({
  only: 'suite=ownership engine=crio',
  cell: 'debian-13/crio-1.36.3/runc-1.1.15',
  suite: 'ownership',
  question: 'OWN-MODE',
});

/** By file: the page, what has to be there before it is taken, and to what it is scrolled. */
const pictures: Record<string, { page: string; shows: string; at?: string }> = {
  'report.png': { page: crio, shows: '#findings .cause' },
  'evidence.png': { page: `${crio}#${evidence.toString()}`, shows: '#drawer .evidence h4', at: 'matrix' },
  'site.png': { page: 'index.html', shows: '#ask' },
  'qualify.png': { page: 'qualify.html', shows: '.card' },
};

await using site = await recordedSite('containerd-2.3.4-2.4.2', { name: 'containerd', against: '2.3.4', version: '2.4.2' });
for (const [path, text] of siteBadges(site.documents, guide))
  if (path.endsWith('.svg')) {
    await mkdir(dirname(join(packageRoot, '.github', path)), { recursive: true });
    await writeFile(join(packageRoot, '.github', path), text);
  }
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' });
  for (const [file, { page: path, shows, at }] of Object.entries(pictures)) {
    await page.goto(new URL(path, pathToFileURL(`${site.directory}/`)).href);
    await page.locator(shows).first().waitFor();
    if (at !== undefined) await page.evaluate(`document.getElementById(${JSON.stringify(at)}).scrollIntoView()`);
    await page.screenshot({ path: join(packageRoot, '.github', file) });
  }
} finally {
  await browser.close();
}
