import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bench, describe } from 'vitest';
import { z } from 'zod';
import { execOk } from '../../util/exec.ts';
import { packageRoot } from '../../util/paths.ts';
import { launchBrowser } from '../e2e/browser.ts';

const Rendered = z.object({
  allMs: z.number(),
  htmlMs: z.number(),
  jsonMs: z.number(),
  peakMiB: z.number(),
  documentMiB: z.number(),
});
const Viewed = z.object({ paintMs: z.number(), matrixMs: z.number(), filterMs: z.array(z.number()) });

const filters = [
  'verdict=fail',
  'engine=containerd>=1.30 question=RULE-1*',
  'runtime=kata verdict=known,fail permission',
  'pod 5',
];
const measured: Record<string, number[]> = {};
const note = (name: string, ...values: number[]): void => void (measured[name] ??= []).push(...values);
const once = { iterations: 3, warmupIterations: 0, time: 0, warmupTime: 0 };

const directory = await mkdtemp(join(tmpdir(), 'podproof-bench-'));
/** Numbers with their spread as one line of JSON; then nothing is left. */
async function finish(): Promise<void> {
  const told = Object.entries(measured).map(([name, values]) => [name, spread(values)] as const);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(told))}\n`);
  await rm(directory, { recursive: true, force: true });
}

describe('a run of 10,000 cells × 60 questions', () => {
  bench(
    'every report in at most 600 MiB, the page in at most 10 s, in a process of its own',
    async () => {
      const stdout = await execOk(['node', '--import', 'tsx', join(import.meta.dirname, 'render-large.ts'), directory], {
        cwd: packageRoot,
        timeoutMs: 300_000,
      });
      const { allMs, htmlMs, jsonMs, peakMiB, documentMiB } = Rendered.parse(JSON.parse(stdout));
      note('all reports, ms', allMs);
      note('html, ms', htmlMs);
      note('json, ms', jsonMs);
      note('peak, MiB', peakMiB);
      note('document alone, MiB', documentMiB);
    },
    once,
  );

  bench(
    'the page in Chromium: first paint in at most 2 s, a filter answers in at most 200 ms',
    async () => {
      await using browser = await launchBrowser();
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await page.goto(pathToFileURL(join(directory, 'report.html')).href);
      await page.locator('table.matrix').waitFor();
      const { paintMs, matrixMs, filterMs } = Viewed.parse(await page.evaluate(look));
      note('first paint, ms', paintMs);
      note('matrix there, ms', matrixMs);
      note('filter, ms', ...filterMs);
    },
    { ...once, teardown: (_, mode) => (mode === 'run' ? finish() : undefined) },
  );
});

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

/** Least, middle and most, as whole numbers. */
function spread(values: readonly number[]): { min: number; median: number; max: number; n: number } {
  const sorted = [...values].sort((a, b) => a - b).map((value) => Math.round(value));
  return { min: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0, n: sorted.length };
}
