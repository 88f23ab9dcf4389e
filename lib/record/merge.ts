import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Plan } from '../model/cell.ts';
import { distinctBy } from '../util/group-by.ts';
import { UsageError } from '../util/errors.ts';
import { manyFiles } from '../util/many-files.ts';
import { wholeLines } from './ndjson.ts';
import { partFolders, wholePlan } from './parts.ts';
import { RunFolder } from './run-folder.ts';

/** One run to be merged, by what it holds. */
interface Leaf {
  folder: RunFolder;
  plan: Plan;
  /** Equal for equal plans, and for shards of plans with equal cells: thousands of cells are put in order once. */
  same: { plan: string; cells: string };
  /** What was recorded, file by file, up to the last whole line; more than there may be memory for. */
  files: Map<string, { bytes: number; sha256: string }>;
  digest: string;
}

/** Which runs a merge is of: name and content are the same for the same runs in any order, however often one is named. */
export interface Merge {
  /** Of the whole plan. */
  plan: Plan;
  /** 12 hexadecimal digits over all that was recorded. */
  digest: string;
  leaves: readonly Leaf[];
}

/**
 * What these folders come to together: shards of one plan, whole runs of it, and earlier merges. A run that is there
 * twice, or once as it was when it was killed and once resumed, counts once. Throws UsageError for runs of different plans.
 */
export async function planMerge(folders: readonly RunFolder[]): Promise<Merge> {
  const leaves = await withoutRepeats(await Promise.all((await leafFolders(folders)).map(readLeaf)));
  const [first, ...others] = leaves;
  if (first === undefined) throw new UsageError('Cannot merge: no run was named');
  for (const other of others) sameplan(first, other);
  const digest = sha256(leaves.map((leaf) => leaf.digest).join('\n')).slice(0, 12);
  return { plan: wholePlan(first.plan), digest, leaves };
}

/**
 * Writes a merge as a run folder of its own: the whole plan, and every run as it was recorded below `parts/`. `directory`
 * may be new, empty, or an earlier merge, which becomes this one.
 */
export async function writeMerge({ plan, leaves }: Merge, directory: string): Promise<RunFolder> {
  const folder = new RunFolder(directory);
  const taken = (await readdir(folder.path).catch(() => [])).length > 0;
  if (taken && !existsSync(join(folder.path, 'parts')))
    throw new UsageError(`Cannot write a merge into ${directory}: it holds something else; name a new directory`);
  const names = new Set(leaves.map(partName));
  await mkdir(join(folder.path, 'parts'), { recursive: true });
  for (const leaf of leaves) await copyLeaf(leaf, join(folder.path, 'parts', partName(leaf)));
  for (const name of await readdir(join(folder.path, 'parts'))) {
    if (!names.has(name)) await rm(join(folder.path, 'parts', name), { recursive: true });
  }
  await writeFile(join(folder.path, 'plan.json'), `${JSON.stringify(plan, undefined, 2)}\n`);
  return folder;
}

async function leafFolders(folders: readonly RunFolder[]): Promise<RunFolder[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const parts = await partFolders(folder);
      return parts.length === 0 ? [folder] : parts;
    }),
  );
  return lists.flat();
}

async function readLeaf(folder: RunFolder): Promise<Leaf> {
  const plan = await folder.plan();
  const names = ['journal.ndjson', ...plan.cells.map(({ id }) => `cells/${id}/observations.ndjson`).sort()];
  const files = new Map(
    await manyFiles(names, async (name) => {
      const lines = await wholeLines(join(folder.path, name));
      return [name, { bytes: lines.length, sha256: sha256(lines) }] as const;
    }),
  );
  const content = [...files].map(([name, file]) => `${name} ${file.sha256}`);
  // As it was parsed, so that equal plans give equal text.
  const text = JSON.stringify(plan);
  const same = { plan: sha256(text), cells: sha256(JSON.stringify(wholePlan(plan).cells)) };
  return { folder, plan, same, files, digest: sha256([text, ...content].join('\n')) };
}

/** Each content once, and of a run that was copied, went on and was copied again, only the last state; in a stable order. */
async function withoutRepeats(leaves: readonly Leaf[]): Promise<Leaf[]> {
  const distinct = distinctBy(leaves, ({ digest }) => digest);
  const kept: Leaf[] = [];
  for (const leaf of distinct) {
    const states = await Promise.all(distinct.map((other) => isEarlierState(leaf, other)));
    if (!states.includes(true)) kept.push(leaf);
  }
  return kept.sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

async function isEarlierState(leaf: Leaf, other: Leaf): Promise<boolean> {
  // Without a journal nothing says that both are one run.
  if (leaf === other || leaf.same.plan !== other.same.plan || leaf.files.get('journal.ndjson')?.bytes === 0) return false;
  for (const [name, { bytes, sha256: sum }] of leaf.files) {
    const later = other.files.get(name);
    if (later === undefined || later.bytes < bytes) return false;
    if (later.bytes === bytes ? later.sha256 !== sum : (await beginning(other, name, bytes)) !== sum) return false;
  }
  return true;
}

/** The checksum of the first bytes of a file. */
async function beginning({ folder }: Leaf, name: string, bytes: number): Promise<string> {
  return sha256((await wholeLines(join(folder.path, name))).subarray(0, bytes));
}

function sameplan(first: Leaf, other: Leaf): void {
  if (first.plan.hash !== other.plan.hash) {
    throw new UsageError(
      `Cannot merge ${first.folder.path} with ${other.folder.path}: they are of different plans (${named(first.plan)} and ${named(other.plan)}); --site and --history take runs of different plans`,
    );
  }
  if (first.same.cells !== other.same.cells) {
    throw new UsageError(
      `Cannot merge ${first.folder.path} with ${other.folder.path}: both name the plan ${first.plan.hash.slice(0, 12)}, and their plan.json hold different cells`,
    );
  }
}

function named(plan: Plan): string {
  return `${plan.hash.slice(0, 12)}, profile ${plan.profile}${plan.only === '' ? '' : ` with --only '${plan.only}'`}`;
}

/** `2-of-8-0123456789ab`, or `run-0123456789ab`. */
function partName({ plan, digest }: Leaf): string {
  const part = plan.shard === undefined ? 'run' : `${plan.shard.index}-of-${plan.shard.count}`;
  return `${part}-${digest.slice(0, 12)}`;
}

const reports = /^(report\.(json|html|md|xml)|ctrf\.json|badge\.(svg|json))$/;

/** Copies records and logs, and no reports, as those are of one part; links, sockets and devices are never followed. */
async function copyLeaf(leaf: Leaf, target: string): Promise<void> {
  if (existsSync(target)) return;
  const temporary = join(target, '..', `.${basename(target)}.${randomUUID()}`);
  const source = leaf.folder.path;
  const records = [...leaf.files].filter(([, { bytes }]) => bytes > 0).map(([name]) => name);
  const logs = (await readdir(source, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))
    .filter((name) => !leaf.files.has(name) && !reports.test(name));
  const names = [...records, ...logs];
  await manyFiles(new Set(['', ...names.map(dirname)]), (name) => mkdir(join(temporary, name), { recursive: true }));
  await manyFiles(names, async (name) => {
    const copy = join(temporary, name);
    const recorded = leaf.files.get(name);
    if (recorded === undefined) await copyFile(join(source, name), copy);
    else await writeFile(copy, (await wholeLines(join(source, name))).subarray(0, recorded.bytes));
  });
  await rename(temporary, target);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
