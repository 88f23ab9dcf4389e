import { join } from 'node:path';
import { packageRoot } from '../util/paths.ts';
import { launchBrowser, openReport } from './e2e/browser.ts';
import { recordedPage } from './recorded-report.ts';

// The picture of README.md, of all recorded runs below results/reference side by side: npm run picture
const shown = {
  only: 'suite=ownership engine=crio',
  cell: 'debian-13/crio-1.36.3/runc-1.1.15',
  suite: 'ownership',
  question: 'OWN-MODE',
};
const hash = `#${Object.entries(shown)
  .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  .join('&')}`;
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
