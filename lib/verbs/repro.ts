import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cdiSpecification } from '../hosts/shared/fixtures.ts';
import { thinPoolFunctions } from '../hosts/shared/thin-pool.ts';
import { pauseImage, probeImage, staticBusybox } from '../probe/image/images.ts';
import type { OciImage } from '../probe/image/oci.ts';
import { type Document, verdictId } from '../model/document.ts';
import { leasesIn } from '../model/journal.ts';
import type { DeviceNode } from '../model/device-node.ts';
import { readParts, type Part } from '../record/parts.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { reproBundle } from '../report/repro/bundle.ts';
import type { ServedImage } from '../report/repro/input.ts';
import { messageOf, UsageError } from '../util/errors.ts';

/** Writes the bundle that launches the pod of a verdict again into `directory`, which must not exist yet. */
export async function writeRepro(folder: RunFolder, document: Document, id: string, directory: string): Promise<void> {
  const verdict = document.verdicts.find((candidate) => verdictId(candidate) === id);
  if (verdict === undefined)
    throw new UsageError(`Cannot make a bundle: ${folder.path} has no verdict "${id}"; ${similar(document, id)}`);
  const parts = await readParts(folder);
  const tried = await Promise.all(parts.map(async (part) => ({ part, seen: await part.observations(verdict.cell) })));
  const found = tried.flatMap(({ part, seen }) => seen.map((located) => ({ part, ...located })));
  const { part, observation } = found.find(({ at }) => at === verdict.evidence) ?? {};
  if (part === undefined || observation === undefined)
    throw new UsageError(`Cannot make a bundle: ${id} is ${verdict.verdict}, no pod was launched for it`);
  const lease = leasesIn(part.events).findLast((candidate) => candidate.lease === observation.lease);
  if (lease === undefined) throw new UsageError(`Cannot make a bundle: the journal has no engine lease "${observation.lease}"`);
  const images = [await pauseImage(), await probeImage(), await probeImage({ user: '777' })];
  const files = reproBundle({
    document,
    verdict,
    observation,
    lease,
    hostNodes: observation.host?.dev ?? (await nodesOf(lease.host, part)),
    images: images.map(served),
    busybox: await staticBusybox(),
    instanceScript: `${thinPoolFunctions}${await readFile(new URL('../engines/instance.sh', import.meta.url), 'utf8')}`,
    hostFiles: observation.request.cdiDevices.length > 0 ? { [cdiSpecification.path]: cdiSpecification.content } : {},
  });
  try {
    await mkdir(dirname(directory), { recursive: true });
    await mkdir(directory);
  } catch (error) {
    throw new UsageError(`Cannot make a bundle in ${directory}: ${messageOf(error)}`);
  }
  for (const [path, content] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content, { mode: /(\.sh|^busybox)$/.test(path) ? 0o755 : 0o644 });
  }
}

/** The nodes of a host, as any pod on it found them: a refused one was not looked at. */
async function nodesOf(host: string, { plan, observations }: Part): Promise<DeviceNode[]> {
  for (const cell of plan.cells.filter((planned) => planned.host.id === host)) {
    const seen = (await observations(cell.id)).find(({ observation }) => observation.host !== undefined);
    if (seen?.observation.host !== undefined) return seen.observation.host.dev;
  }
  return [];
}

function served({ name, manifest, config, layer }: OciImage): ServedImage {
  return { name, manifest, blobs: [config, layer] };
}

/** The verdicts that somebody may have meant: those of the same question. */
function similar({ verdicts }: Document, id: string): string {
  const question = id.slice(id.lastIndexOf('/') + 1);
  const of = verdicts.filter((verdict) => verdict.question === question).map(verdictId);
  return of.length === 0
    ? 'an id is cell/suite/scenario/question, as the page of a verdict shows it'
    : `of the question ${question} it has ${of.slice(0, 6).join(', ')}${of.length > 6 ? ` and ${of.length - 6} more` : ''}`;
}
