import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { UsageError } from '../util/errors.ts';

/**
 * Appends one record as a line and flushes it to the disk, so that a killed run loses at most the line being written. What a
 * full disk let through by half is taken back, so that the next record starts a line of its own.
 */
export function appendRecord(path: string, record: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  try {
    const { size } = fstatSync(file);
    try {
      writeFileSync(file, `${JSON.stringify(record)}\n`);
      fsyncSync(file);
    } catch (error) {
      try {
        ftruncateSync(file, size);
      } catch {
        // A device, or a disk that is gone: the tail is mended when the run is resumed.
      }
      throw error;
    }
    // A new file is lost with the power, however well it was flushed, until its directory is.
    if (size === 0) flushDirectory(dirname(path));
  } finally {
    closeSync(file);
  }
}

function flushDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Reads the records of a file. A last line without its newline is the mark of a killed writer and is dropped;
 * any other unreadable line is a UsageError that names the file and the line. A file that is not there has no records.
 */
export async function readRecords<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  return parseRecords((await wholeLines(path)).toString(), path, schema);
}

/** A file up to its last newline; a file that is not there is empty. */
export async function wholeLines(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
}

/** Pure part of `readRecords`; `path` is what errors call the text. */
export function parseRecords<T>(text: string, path: string, schema: z.ZodType<T>): T[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const where = `${path}:${index + 1}`;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        throw new UsageError(`Cannot read ${where}: not JSON; restore the file or delete the run folder`);
      }
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      const issue = parsed.error.issues[0];
      throw new UsageError(`Cannot read ${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a record'}`);
    });
}

/** Cuts a torn last line off, so that the next append starts a line of its own. */
export async function mendTail(path: string): Promise<void> {
  const { length } = await wholeLines(path);
  if (existsSync(path)) await truncate(path, length);
}
