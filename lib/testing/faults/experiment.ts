import { readFile, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Leftover } from '../leftover/leftover.ts';
import type { Document } from '../../model/document.ts';
import { execOk } from '../../util/exec.ts';
import { packageRoot } from '../../util/paths.ts';
import { Scope } from '../../util/scope.ts';
import { badRegistry } from './bad-registry.ts';
import type { EngineFault } from './fault.ts';
import { killInRun, pathsLeft, type Victim } from './vm.ts';
import { makeSetting, matrixText, type Program, type Setting } from './setting.ts';

/** What goes wrong in one run. */
export type Fault =
  | { kind: 'engine'; what: EngineFault['what']; at: number }
  | { kind: 'kill at'; ms: number }
  | { kind: 'clock jump'; ms: number }
  | { kind: 'disk full'; kib: number }
  | { kind: 'registry'; manner: 'stalls' | 'truncates' | 'lies' }
  /** On a real host: this process is killed so long after the first engine was ready. */
  | { kind: 'vm'; victim: Victim; ms: number };

export interface Outcome {
  fault: Fault;
  /** Whether the run came to the point where it was to go wrong. */
  happened: boolean;
  /** How the disturbed run ended, and how often it was resumed until nothing was open. */
  ended: string;
  resumed: number;
  /** Verdicts that are not those of an undisturbed run, at the end: `ownership/root OWN-ROOT: fail, undisturbed pass`. */
  differing: string[];
  leftovers: Leftover[];
  seconds: number;
  /** What is wrong with all this; empty when the property holds. */
  wrong: string[];
}

const cli = join(packageRoot, 'lib/bin.mjs');
/** podproof by its target: with a fake host, or as it is. */
const programs = { fake: [join(packageRoot, 'lib/testing/e2e/fake-podproof.mjs')], vm: [cli] };
const narrow = {
  fake: ['--profile', 'all', '--only', 'scenario=plain,missing,user-and-group,root'],
  vm: ['--only', 'runtime=runc suite=identity,ownership scenario=plain,user-and-group,user-only,root'],
};
const mostResumes = 3;

export type Target = 'fake' | 'vm';

function startRun(target: Target, setting: Setting, how: 'new' | 'resume', environment?: Record<string, string>): Program {
  const matrix = target === 'fake' ? ['--matrix', join(setting.directory, 'matrix.json')] : [];
  const common = [...programs[target], ...matrix, '--results', join(setting.directory, 'results')];
  return setting.start([...common, 'run', ...(how === 'new' ? narrow[target] : ['--resume'])], environment);
}

/** `scenario question` → verdict of a document. */
export function verdictsOf(document: Document): Map<string, string> {
  return new Map(
    document.verdicts.map(({ scenario, suite, question, verdict }) => [`${suite}/${scenario} ${question}`, verdict]),
  );
}

/** The verdicts of a run in which nothing goes wrong. */
export async function undisturbed(target: Target): Promise<Map<string, string>> {
  await using setting = await makeSetting(target);
  const { said } = await startRun(target, setting, 'new').ended;
  const left = await setting.leftovers();
  if (left.length > 0) throw new Error(`An undisturbed run leaves ${JSON.stringify(left)}`);
  return verdictsOf(
    await setting.document().catch((cause: unknown) => {
      throw new Error(`An undisturbed run makes no document: ${said.slice(-2_000)}`, { cause });
    }),
  );
}

/** One run with one fault, cleaned and resumed until nothing is open. */
export async function experiment(fault: Fault, expected: ReadonlyMap<string, string>): Promise<Outcome> {
  const started = performance.now();
  await using scope = new Scope();
  const target = fault.kind === 'vm' ? 'vm' : 'fake';
  const setting = scope.adopt('the setting', await makeSetting(target));
  const { run, repair, happened } = await disturbed(setting, fault, scope);
  const first = await run.ended;
  await repair();
  const wrong: string[] = [];
  const killed = first.exitCode === undefined;
  if (killed) {
    const cleaned = await setting.start([cli, 'clean', '--json']).ended;
    if (cleaned.exitCode !== 0) wrong.push(`clean ended with ${cleaned.exitCode}: ${cleaned.said.slice(-800)}`);
  }
  if (/own fault|UnhandledPromise|TypeError|triggerUncaught/.test(first.said))
    wrong.push(`the run came apart: ${first.said.slice(-1_200)}`);
  const leftAfterFirst = [...(await setting.leftovers()), ...(await pathsLeft(setting))];
  if (leftAfterFirst.length > 0) wrong.push(`left after the disturbed run: ${JSON.stringify(leftAfterFirst)}`);

  let resumed = 0;
  let document = await setting.document().catch(() => undefined);
  while (resumed < mostResumes && (document === undefined || isOpen(document))) {
    resumed++;
    const again = await startRun(
      target,
      setting,
      existsSync(join(setting.directory, 'results/latest/plan.json')) ? 'resume' : 'new',
    ).ended;
    document = await setting.document().catch(() => undefined);
    if (document === undefined || again.exitCode === undefined)
      wrong.push(`resume ${resumed} ended with ${again.exitCode}: ${again.said.slice(-1_200)}`);
  }
  const leftovers = [...(await setting.leftovers()), ...(await pathsLeft(setting))];
  if (leftovers.length > 0) wrong.push(`left at the end: ${JSON.stringify(leftovers)}`);
  const differing = document === undefined ? ['no document'] : differences(verdictsOf(document), expected);
  const scenarios = new Set(differing.map((line) => line.split(' ')[0]));
  if (scenarios.size > (reportsItself(fault) ? 1 : 0)) wrong.push(`other verdicts than undisturbed: ${differing.join('; ')}`);
  if (
    document !== undefined &&
    document.spans.some(({ startMs, durationMs }) => startMs < 0 || durationMs < 0 || startMs + durationMs > 3_600_000)
  )
    wrong.push('the timeline has times that cannot be');
  return {
    fault,
    happened: happened(),
    ended: killed ? 'killed' : `exit ${first.exitCode}`,
    resumed,
    differing,
    leftovers,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    wrong,
  };
}

/** An engine that refuses a pod, or does not answer for it, gets a verdict that says so; a shim that dies takes its pod along. */
function reportsItself(fault: Fault): boolean {
  if (fault.kind === 'vm') return fault.victim === 'shim';
  return fault.kind === 'engine' && (fault.what === 'refuse' || fault.what === 'hang' || fault.what === 'garbage');
}

function isOpen({ run, counts }: Document): boolean {
  return !run.complete || counts.missing + counts.blocked + counts.error > 0;
}

function differences(verdicts: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...verdicts.keys(), ...expected.keys()]);
  const differing = [...keys].filter((key) => verdicts.get(key) !== expected.get(key));
  return differing.map((key) => `${key}: ${verdicts.get(key) ?? 'none'}, undisturbed ${expected.get(key) ?? 'none'}`);
}

interface Disturbed {
  run: Program;
  /** Ends the cause, so that a later run finds the machine as it should be. */
  repair: () => Promise<void>;
  happened: () => boolean;
}

async function disturbed(setting: Setting, fault: Fault, scope: Scope): Promise<Disturbed> {
  const nothing = async (): Promise<void> => undefined;
  switch (fault.kind) {
    case 'engine': {
      const run = startRun('fake', setting, 'new');
      const order: EngineFault = { what: fault.what, at: fault.at, podproof: run.pid };
      await writeFile(`${setting.orders}.new`, JSON.stringify(order));
      await rename(`${setting.orders}.new`, setting.orders);
      return { run, repair: nothing, happened: () => existsSync(`${setting.orders}.done`) };
    }
    case 'vm': {
      const run = startRun('vm', setting, 'new');
      let killed = false;
      const killing = killInRun(setting, run, fault.victim, fault.ms).then((done) => (killed = done));
      return { run, repair: async () => void (await killing), happened: () => killed };
    }
    case 'kill at': {
      const run = startRun('fake', setting, 'new');
      let killed = false;
      void setTimeout(fault.ms, undefined, { ref: false }).then(() => {
        if (existsSync(`/proc/${run.pid}/exe`)) killed = process.kill(run.pid, 'SIGKILL');
      });
      return { run, repair: nothing, happened: () => killed };
    }
    case 'clock jump': {
      const preload = new URL('clock-jump.mjs', import.meta.url).href;
      const run = startRun('fake', setting, 'new', {
        NODE_OPTIONS: `--import=${preload}`,
        PODPROOF_CLOCK_JUMP: String(fault.ms),
      });
      return { run, repair: nothing, happened: () => true };
    }
    case 'disk full': {
      const results = join(setting.directory, 'results');
      await execOk(['mount', '-t', 'tmpfs', '-o', `size=${fault.kib}k`, 'podproof', results]);
      scope.onRelease('the small disk', async () => void (await execOk(['umount', results])));
      const repair = async (): Promise<void> => void (await execOk(['mount', '-o', 'remount,size=64m', results]));
      return { run: startRun('fake', setting, 'new'), repair, happened: () => true };
    }
    case 'registry': {
      const archive = join(setting.directory, 'artifacts/containerd-1.7.24.tar');
      await execOk(['tar', '-cf', archive, '-C', join(setting.directory, 'artifacts/containerd-1.7.24'), '.']);
      const bytes = await readFile(archive);
      await execOk(['rm', '-r', archive, join(setting.directory, 'artifacts/containerd-1.7.24')]);
      const registry = scope.adopt('the registry', await badRegistry(bytes));
      registry.manner = fault.manner;
      const { url, sha256 } = registry;
      await writeFile(join(setting.directory, 'matrix.json'), matrixText({ kind: 'release', url, sha256 }));
      const repair = async (): Promise<void> => void (registry.manner = 'honest');
      return { run: startRun('fake', setting, 'new'), repair, happened: () => true };
    }
  }
}

/** What `--target fake` may do here: a small disk takes the right to mount. */
export const mayMount = process.getuid?.() === 0;
