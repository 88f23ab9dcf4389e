import { execa } from 'execa';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SshHost } from '../../hosts/ssh/facts.ts';
import { packageRoot } from '../../util/paths.ts';
import { temporary } from '../temporary.ts';
import { writeFakeBinary } from '../fake-host/scripts.ts';

const versions = {
  containerd: ['1.6.21', '1.6.38', '1.7.24', '1.7.29'],
  runc: ['1.1.15', '1.3.6'],
  crun: ['1.21'],
  kubelet: ['1.37.2'],
};
/** Planned, and on no shelf. */
const absent = 'containerd-1.6.38';

const sources = (name: keyof typeof versions) => versions[name].map((version) => ({ version, source: { kind: 'path' } }));
const matrix = {
  hosts: Object.fromEntries(['even', 'odd'].map((id) => [id, { kind: 'ssh', destination: id, disposable: true }])),
  engines: { containerd: sources('containerd') },
  runtimes: { runc: sources('runc'), crun: sources('crun') },
  kubelet: sources('kubelet'),
  profiles: { all: { title: 'All', hosts: ['even', 'odd'], engines: ['*'], runtimes: ['*'], suites: ['identity', 'ownership'] } },
};

/** What narrows every run of the fleet to two pods for each of its 24 cells. */
export const only = 'scenario=plain,user-and-group question=ID-*,OWN-ON,OWN-ID';

export type FakeFleet = Awaited<ReturnType<typeof fakeFleet>>;

/** A directory with a matrix, binaries and machines; podproof runs there on hosts without a machine, in processes of its own. */
export async function fakeFleet() {
  const { path: directory, ...place } = await temporary();
  const matrixFile = join(directory, 'matrix.json');

  /** Each machine has a home of its own. */
  const environment = (machine: string, shelf = 'shelf'): Record<string, string> => {
    const home = join(directory, machine);
    return {
      HOME: home,
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_STATE_HOME: join(home, 'state'),
      XDG_RUNTIME_DIR: join(home, 'run'),
      PODPROOF_ARTIFACTS: join(directory, shelf),
    };
  };

  /** Puts one binary on a shelf: `add('crun', 'crun-1.99')`. */
  const add = (name: string, folder: string, shelf = 'shelf', mark = ''): Promise<void> =>
    writeFakeBinary(name, join(directory, shelf, folder), `${folder} ${mark}`);

  /** Puts binaries on a shelf; `mark` makes them others than those of the same version elsewhere. */
  const stock = async (shelf: string, mark = ''): Promise<void> => {
    for (const [name, list] of Object.entries(versions)) {
      for (const folder of list.map((version) => `${name}-${version}`)) {
        if (folder !== absent) await add(name, folder, shelf, mark);
      }
    }
  };

  await writeFile(matrixFile, JSON.stringify(matrix));
  await stock('shelf');
  return {
    ...place,
    ...{ directory, matrix: matrixFile, environment, add, stock },
    /** Adds hosts to its matrix and to the profile. They are real where their specification has an ssh configuration. */
    async join(hosts: Record<string, SshHost>): Promise<void> {
      const { all } = matrix.profiles;
      const more = { ...matrix, hosts: { ...matrix.hosts, ...hosts } };
      const profile = { ...all, hosts: [...all.hosts, ...Object.keys(hosts)] };
      await writeFile(matrixFile, JSON.stringify({ ...more, profiles: { all: profile } }));
    },
    /** podproof on one of the fleet's machines. */
    podproof(machine: string, args: readonly string[], shelf = 'shelf') {
      const common = ['--matrix', matrixFile, '--results', join(directory, machine, 'results')];
      return execa(process.execPath, [join(packageRoot, 'lib/testing/e2e/fake-podproof.mjs'), ...common, ...args], {
        cwd: packageRoot,
        env: environment(machine, shelf),
        reject: false,
        stdin: 'ignore',
        maxBuffer: 256 * 1024 * 1024,
      });
    },
    latest: (machine: string): string => join(directory, machine, 'results', 'latest'),
  };
}
