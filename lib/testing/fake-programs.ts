import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';

/** Shell scripts as programs of this machine, first on PATH. Returns their calls up to now: name and arguments of each. */
export async function fakePrograms(path: string, scripts: Record<string, string>): Promise<() => Promise<string[]>> {
  const bin = join(path, 'bin');
  await mkdir(bin);
  for (const [name, body] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${path}/calls"\n${body}\n`);
    await chmod(join(bin, name), 0o755);
  }
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
  return async () => (await readFile(join(path, 'calls'), 'utf8')).trim().split('\n');
}
