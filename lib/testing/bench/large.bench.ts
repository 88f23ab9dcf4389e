import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { execOk } from '../../util/exec.ts';
import { packageRoot } from '../../util/paths.ts';
import { launchBrowser } from '../e2e/browser.ts';
import { temporary } from '../temporary.ts';
import { spread, type Spread } from './measure.ts';

const Rendered = z.object({ allMs: z.number(), peakMiB: z.number(), bytes: z.record(z.string(), z.number()) });
const Viewed = z.object({ paintMs: z.number(), matrixMs: z.number(), filterMs: z.array(z.number()) });

const filters = [
  'verdict=fail',
  'engine=containerd>=1.30 question=RULE-1*',
  'runtime=kata verdict=known,fail permission',
  'pod 5',
];
const rounds = 3;

/** A run of 10^4 cells × 60 questions; targets: all reports in 600 MiB, first paint in 2 s, a filter in 200 ms. */
export async function benchLarge(): Promise<Spread[]> {
  await using place = await temporary();
  const directory = place.path;
  const program = join(import.meta.dirname, 'render-large.ts');
  const rendered = z.array(Rendered).parse(
    await times(async () => {
      const argv = [process.execPath, '--import', 'tsx', program, directory] as const;
      return JSON.parse(await execOk([...argv], { cwd: packageRoot, timeoutMs: 300_000 }));
    }),
  );
  await using browser = await launchBrowser();
  const viewed = z.array(Viewed).parse(
    await times(async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await page.goto(pathToFileURL(join(directory, 'report.html')).href);
      await page.locator('table.matrix').waitFor();
      const seen = await page.evaluate(look);
      await context.close();
      return seen;
    }),
  );
  const size = rendered.map(({ bytes }) => (bytes['report.html'] ?? NaN) / 1024 ** 2);
  const of = <Row, Key extends keyof Row>(rows: readonly Row[], key: Key): Row[Key][] => rows.map((row) => row[key]);
  return [
    spread('all reports of 10^4 cells × 60 questions', 'ms', of(rendered, 'allMs')),
    spread('most memory for them', 'MiB', of(rendered, 'peakMiB')),
    spread('size of the page', 'MiB', size),
    spread('first paint of the page', 'ms', of(viewed, 'paintMs')),
    spread('matrix of the page', 'ms', of(viewed, 'matrixMs')),
    spread('filter of the page', 'ms', of(viewed, 'filterMs').flat()),
  ];
}

async function times(work: () => Promise<unknown>): Promise<unknown[]> {
  const results: unknown[] = [];
  for (let round = 0; round < rounds; round++) results.push(await work());
  return results;
}

/** Runs in the page: when it was painted, and how long each filter takes from the key to the frame that shows its answer. */
const look = `(async () => {
  const matrixMs = performance.now();
  const paintMs = performance.getEntriesByName('first-contentful-paint')[0].startTime;
  const input = document.getElementById('only');
  const filterMs = [];
  for (const filter of ${JSON.stringify(filters)}) {
    const start = performance.now();
    const shown = new Promise((resolve) => {
      new MutationObserver((_, observer) => { observer.disconnect(); requestAnimationFrame(() => setTimeout(resolve)); })
        .observe(document.getElementById('filter-state'), { childList: true });
    });
    input.value = filter;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await shown;
    filterMs.push(performance.now() - start);
  }
  return { paintMs, matrixMs, filterMs };
})()`;
