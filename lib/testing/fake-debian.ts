import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { craftTar } from './artifacts.ts';

/** Programs of Debian as this test plays them, first on PATH; each call is a line of `calls`. */
export async function fakeDebian(path: string, scripts: Record<string, string> = {}) {
  const bin = join(path, 'bin');
  await mkdir(bin);
  await writeFile(join(path, 'package.tar'), craftTar([{ path: './usr/bin/runc', content: '#!/bin/sh\n' }]));
  const all: Record<string, string> = {
    mmdebstrap: 'true',
    'apt-config': `echo "FILE='/etc/apt/trusted.gpg'"; echo "PARTS='/etc/apt/trusted.gpg.d/'"`,
    'apt-cache': 'echo "runc | 1.1.15+ds1-2+b4 | http://mirror.invalid trixie/main amd64 Packages"',
    'apt-get': `grep -q '^Dir ' "$APT_CONFIG" && cp "${path}/package.tar" runc.deb`,
    'dpkg-deb': 'tar --extract --file "$2" --directory "$3"',
    ...scripts,
  };
  for (const [name, body] of Object.entries(all)) {
    await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${path}/calls"\n${body}\n`);
    await chmod(join(bin, name), 0o755);
  }
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
  return {
    cache: join(path, 'cache'),
    calls: async () => (await readFile(join(path, 'calls'), 'utf8')).trim().split('\n'),
    left: async () => (await readdir(join(path, 'cache', 'artifacts'))).filter((name) => name.startsWith('.')),
  };
}
