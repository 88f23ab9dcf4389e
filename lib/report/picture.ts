import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Document } from '../record/document.ts';
import { RunFolder } from '../record/run-folder.ts';
import { packageRoot } from '../util/paths.ts';
import { launchBrowser, openReport } from './e2e/browser.ts';
import { renderHtml } from './html/page.ts';
import { evidenceKey } from './verdicts.ts';

// The picture of README.md: npm run picture [-- RUN]
const results = join(packageRoot, 'results');
const folder = await RunFolder.open(process.argv[2] ?? 'reference/containerd-1.7.24', results);
const document = Document.parse(JSON.parse(await readFile(join(folder.path, 'report.json'), 'utf8')));
const observations = await folder.observations(document.cells.map(({ id }) => id));
const evidence = new Map(observations.map(({ observation }) => [evidenceKey(observation), observation]));
const browser = await launchBrowser();
try {
  const look = { viewport: { width: 1400, height: 1000 }, colorScheme: 'light' } as const;
  await using report = await openReport(browser, renderHtml(document, { evidence }), look);
  await report.page.screenshot({ path: join(packageRoot, '.github/report.png') });
} finally {
  await browser.close();
}
