import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../util/paths.ts';
import { launchBrowser } from './e2e/browser.ts';

// The picture of README.md: npm run picture [-- RUN-FOLDER]
const folder = resolve(process.argv[2] ?? join(packageRoot, 'results/reference/containerd-1.7.24'));
const report = join(folder, 'report.html');
if (!existsSync(report)) {
  process.stderr.write(`There is no ${report}: name a run folder, or render it with "npx podproof report ${folder}".\n`);
  process.exit(2);
}
const browser = await launchBrowser();
try {
  const page = await browser.newPage({
    viewport: { width: 1400, height: 1000 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(pathToFileURL(report).href);
  await page.locator('table.matrix').waitFor();
  await page.screenshot({ path: join(packageRoot, '.github/report.png') });
} finally {
  await browser.close();
}
