import { statSync } from 'node:fs';
import { join } from 'node:path';
import { largeDocument } from '../report/large.ts';
import { writeReports } from '../../report/write.ts';

// One measurement in a process of its own, so that the peak is that of this work alone: render-large.ts DIRECTORY
const document = largeDocument();
const directory = process.argv[2] ?? '';
const start = performance.now();
const paths = await writeReports(document, new Map(), directory);
const all = performance.now() - start;
const peak = process.resourceUsage().maxRSS;

process.stdout.write(
  JSON.stringify({
    allMs: Math.round(all),
    peakMiB: Math.round(peak / 1024),
    bytes: Object.fromEntries(paths.map((path) => [path.slice(directory.length + 1), statSync(join(path)).size])),
  }),
);
