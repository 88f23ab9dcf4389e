import { statSync } from 'node:fs';
import { join } from 'node:path';
import { canonical } from '../../report/canonical.ts';
import { jsonChunks } from '../../report/json.ts';
import { renderHtml } from '../../page/page.ts';
import { largeDocument } from '../report/large.ts';
import { writeReports } from '../../report/write.ts';

// One measurement in a process of its own, so that the peak is that of this work alone: render-large.ts DIRECTORY
const document = largeDocument();
const before = process.resourceUsage().maxRSS;
const directory = process.argv[2] ?? '';
const start = performance.now();
const paths = await writeReports(document, new Map(), directory);
const all = performance.now() - start;
const peak = process.resourceUsage().maxRSS;

/** Milliseconds of one step alone, for knowing where the time goes. */
function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return Math.round(performance.now() - from);
}

process.stdout.write(
  JSON.stringify({
    allMs: Math.round(all),
    peakMiB: Math.round(peak / 1024),
    documentMiB: Math.round(before / 1024),
    cpuMs: Math.round(process.cpuUsage().user / 1000),
    htmlMs: timed(() => renderHtml(canonical({ ...document }))),
    jsonMs: timed(() => {
      for (const _ of jsonChunks(document)) continue;
    }),
    bytes: Object.fromEntries(paths.map((path) => [path.slice(directory.length + 1), statSync(join(path)).size])),
  }),
);
