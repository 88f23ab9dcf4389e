import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { siteBadges } from '../page/site/site.ts';
import { readDocument } from '../record/read-document.ts';
import { packageRoot } from '../util/paths.ts';
import { launchBrowser, openReport } from './e2e/browser.ts';
import { guide } from '../verbs/site.ts';
import { recordedPage } from './recorded-report.ts';
import { recordedRuns } from './recorded.ts';

// The picture and the badges of README.md, from all recorded runs below results/reference: npm run picture
const shown = {
  only: 'suite=ownership engine=crio',
  cell: 'debian-13/crio-1.36.3/runc-1.1.15',
  suite: 'ownership',
  question: 'OWN-MODE',
};
const hash = `#${Object.entries(shown)
  .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  .join('&')}`;
const documents = await Promise.all(recordedRuns().map(({ folder }) => readDocument(join(folder.path, 'report.json'))));
for (const [path, text] of siteBadges(documents, guide))
  if (path.endsWith('.svg')) {
    await mkdir(dirname(join(packageRoot, '.github', path)), { recursive: true });
    await writeFile(join(packageRoot, '.github', path), text);
  }
const browser = await launchBrowser();
try {
  const look = { viewport: { width: 1600, height: 940 }, colorScheme: 'light', hash } as const;
  await using report = await openReport(browser, await recordedPage(), look);
  await report.page.locator('#drawer .evidence h4').first().waitFor();
  await report.page.evaluate('document.getElementById("matrix").scrollIntoView()');
  await report.page.screenshot({ path: join(packageRoot, '.github/report.png') });
} finally {
  await browser.close();
}
