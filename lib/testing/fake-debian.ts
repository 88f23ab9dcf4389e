import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { craftTar } from './artifacts.ts';
import { fakePrograms } from './fake-programs.ts';

/** Programs of Debian as this test plays them, first on PATH; each call is a line of `calls`. */
export async function fakeDebian(path: string, scripts: Record<string, string> = {}) {
  await writeFile(join(path, 'package.tar'), craftTar([{ path: './usr/bin/runc', content: '#!/bin/sh\n' }]));
  const calls = await fakePrograms(path, {
    mmdebstrap: 'true',
    'apt-config': `echo "FILE='/etc/apt/trusted.gpg'"; echo "PARTS='/etc/apt/trusted.gpg.d/'"`,
    'apt-cache': 'echo "runc | 1.1.15+ds1-2+b4 | http://mirror.invalid trixie/main amd64 Packages"',
    'apt-get': `grep -q '^Dir ' "$APT_CONFIG" && cp "${path}/package.tar" runc.deb`,
    'dpkg-deb': 'tar --extract --file "$2" --directory "$3"',
    ...scripts,
  });
  return {
    cache: join(path, 'cache'),
    calls,
    left: async () => (await readdir(join(path, 'cache', 'artifacts'))).filter((name) => name.startsWith('.')),
  };
}
