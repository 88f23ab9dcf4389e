import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readFile, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** Appends one record as a line and flushes it to the disk, so that a killed run loses at most the line being written. */
export function appendRecord(path: string, record: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  try {
    writeSync(file, `${JSON.stringify(record)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads the records of a file. A last line without its newline is the mark of a killed writer and is dropped;
 * any other unreadable line is an Error that names the file and the line. A file that is not there has no records.
 */
export async function readRecords<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const where = `${path}:${index + 1}`;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        throw new Error(`Cannot read ${where}: not JSON; restore the file or delete the run folder`, { cause: error });
      }
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      const issue = parsed.error.issues[0];
      throw new Error(`Cannot read ${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a record'}`);
    });
}

/** Cuts a torn last line off, so that the next append starts a line of its own. */
export async function mendTail(path: string): Promise<void> {
  const text = await readFile(path).catch(() => undefined);
  if (text === undefined) return;
  const end = text.lastIndexOf(0x0a) + 1;
  if (end < (await stat(path)).size) await truncate(path, end);
}
