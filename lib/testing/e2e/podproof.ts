import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Document, Verdict } from '../../model/document.ts';
import { readDocument } from '../../record/read-document.ts';
import { exec } from '../../util/exec.ts';
import { packageRoot } from '../../util/paths.ts';
import { waitFor } from '../../util/wait.ts';

/** Runs the command line as a user would; a failure is a value. */
export function podproof(args: string[], env: Record<string, string> = {}) {
  return execa('node', [join(packageRoot, 'lib/bin.mjs'), ...args], { env, reject: false, stdin: 'ignore' });
}

/** Waits until a podproof has said these words on its standard error, or has ended; returns what it said until then. */
export async function until(going: ReturnType<typeof podproof>, words: RegExp): Promise<string> {
  let said = '';
  await new Promise<void>((resolve) => {
    going.stderr.on('data', (text: Buffer) => words.test((said += String(text))) && resolve());
    void going.then(() => resolve());
  });
  return said;
}

/** Ids of the QEMU processes that a podproof started. */
export async function machinesOf(going: { pid?: number | undefined }): Promise<string[]> {
  const { stdout } = await exec(['pgrep', '-P', String(going.pid), '-f', 'qemu-system']);
  return stdout.split('\n').filter((line) => line !== '');
}

export function alive(pids: readonly string[]): string[] {
  return pids.filter((pid) => existsSync(`/proc/${pid}/exe`));
}

const Cleaned = z.array(z.object({ run: z.string(), outcome: z.string(), detail: z.string() }));

/** What `clean` did for one run, a failure with its reason. The ledger is the machine's: what other runs left in it is no part of a test. */
export async function cleanRun(run: string, ...flags: string[]): Promise<string[]> {
  const { stdout } = await podproof(['clean', ...flags, '--json']);
  return Cleaned.parse(JSON.parse(stdout)).flatMap((entry) => {
    if (entry.run !== run) return [];
    return [entry.outcome === 'failed' ? `failed: ${entry.detail}` : entry.outcome];
  });
}

/** Cleans up after a run that was killed: there is something to remove, and nothing fails. */
export async function cleanKilled(run: string, about = 'clean'): Promise<void> {
  const cleaned = await cleanRun(run);
  expect(cleaned, about).toContain('removed');
  expect(cleaned.join('\n'), about).not.toContain('failed');
}

/** The document of a run folder. */
export async function documentOf(folder: string): Promise<Document> {
  return readDocument(join(folder, 'report.json'));
}

/** The records of pods in a run folder, line by line; none before there are any. */
export async function recordedLines(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith('/observations.ndjson'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

/** Waits until a run has recorded its first pod. */
export async function firstPod(folder: string, timeoutMs = 120_000): Promise<void> {
  const seen = async (): Promise<true | undefined> => ((await recordedLines(folder)).length > 0 ? true : undefined);
  await waitFor({ name: 'see the first pod recorded', timeoutMs, intervalMs: 50 }, seen);
}

/** The verdicts of one question, by runtime and scenario, in one word each. */
export function verdictsOf(document: Document, question: string): Record<string, string> {
  const own = document.verdicts.filter((verdict) => verdict.question === question);
  return Object.fromEntries(own.map((verdict) => [`${runtimeOf(verdict)} ${verdict.scenario}`, verdict.verdict]));
}

export function runtimeOf(verdict: Pick<Verdict, 'cell'>): string {
  return verdict.cell.split('/')[2]?.split('-')[0] ?? '';
}

/** What a verdict of the question observed, for one runtime. */
export function observedOf(document: Document, question: string, runtime: string): string {
  return document.verdicts
    .filter((verdict) => verdict.question === question && runtimeOf(verdict) === runtime)
    .map((verdict) => verdict.observed)
    .join('\n');
}
