import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sampleDocument } from '../../testing/report/sample.ts';
import { sampleLease, sampleObservation } from '../../testing/report/evidence.ts';
import { reproBundle } from './bundle.ts';
import type { ReproInput } from './input.ts';

const document = sampleDocument();
const verdict = document.verdicts.find(({ question, verdict: name }) => question === 'OWN-DIRECTORY' && name === 'fail')!;
const observation = sampleObservation(verdict);

function input(change: Partial<ReproInput> = {}): ReproInput {
  return {
    document,
    verdict,
    observation,
    lease: sampleLease(),
    hostNodes: observation.host?.dev ?? [],
    images: [
      {
        name: 'podproof/probe:1',
        manifest: { digest: 'sha256:aa', bytes: Buffer.from('{}') },
        blobs: [{ digest: 'sha256:bb', bytes: Buffer.from('layer') }],
      },
    ],
    busybox: Buffer.from('busybox'),
    instanceScript: 'true\n',
    hostFiles: { '/run/podproof/cdi/podproof.json': '{}' },
    ...change,
  };
}

const text = (name: string, change?: Partial<ReproInput>): string => String(reproBundle(input(change)).get(name));

test('a bundle has the pod as crictl reads it, the configuration, the images and the checksums', () => {
  const bundle = reproBundle(input());
  expect(JSON.parse(text('pod.json'))).toEqual(observation.replay?.sandbox);
  expect(JSON.parse(text('container.json'))).toEqual(observation.replay?.container);
  expect([...bundle.keys()]).toEqual(
    expect.arrayContaining([
      'host/var/lib/podproof/containerd-1.7.24/config.toml',
      'host/run/podproof/cdi/podproof.json',
      'registry/v2/podproof/probe/manifests/1',
      'registry/v2/podproof/probe/manifests/sha256:aa',
      'registry/v2/podproof/probe/blobs/sha256:bb',
      'run.sh',
    ]),
  );
  expect(text('SHA256SUMS')).toMatch(/^[0-9a-f]{64} {2}\/opt\/podproof\/containerd-1\.7\.24\/usr\/bin\/containerd\n$/);
  expect(text('README.md')).toContain('# fail: OWN-DIRECTORY');
});

test('nodes that the pod is handed are made with owner and mode, the machine’s own are not', () => {
  expect(text('nodes.tsv')).toBe('/dev/podproof/char\tc\t10\t229\t1234:4321\t0640\n');
});

test('no word of a record becomes a word of the script', () => {
  const hostile = "x'; touch /tmp/owned; $(id) `id` \n#";
  const lease = sampleLease();
  const { instance } = lease.engine;
  const changed = {
    ...lease,
    engine: {
      ...lease.engine,
      instance: { ...instance!, socket: hostile, directory: hostile, argv: [hostile], env: { A: hostile } },
    },
  };
  const directory = mkdtempSync(join(tmpdir(), 'podproof-bundle-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, content] of reproBundle(
    input({ lease: changed, observation: { ...observation, replay: { ...observation.replay!, probe: [hostile] } } }),
  )) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const shell = (script: string): string => execFileSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  expect(shell('. ./bundle.env; printf %s "$socket"')).toBe(hostile);
  writeFileSync(join(directory, 'print'), 'for word; do printf "%s\\0" "$word"; done\n');
  expect(shell('sh engine.sh ./print').split('\0')).toEqual([
    'start',
    `${hostile}/engine.log`,
    `${hostile}/engine.pid`,
    hostile,
    'pp-containerd',
    '',
    'env',
    `A=${hostile}`,
    hostile,
    '',
  ]);
});

test('a runtime that ran from a sealed copy is named, as the script runs the file', () => {
  const lease = sampleLease();
  const { instance } = lease.engine;
  const sealed = { ...lease, engine: { ...lease.engine, instance: { ...instance!, sealed: ['/opt/podproof/runc/runc'] } } };
  expect(String(reproBundle(input({ lease: sealed })).get('README.md'))).toContain(
    '`/opt/podproof/runc/runc` ran from a sealed copy of itself in memory',
  );
  expect(text('README.md')).not.toContain('sealed');
});

test('the script does nothing before it is told that its machine is disposable', () => {
  const guard = '[ "${1-}" = --this-machine-is-disposable ] || {';
  const [before = '', after = ''] = text('run.sh').split(guard);
  expect(after).toMatch(/^\n( {2}echo ".*" >&2\n)+ {2}exit 2\n\}\n/);
  const commands = before.replace(/^#.*\n/gm, '').replace(/^fail\(\) \{\n( {2}(echo|exit) .*\n)+\}\n/m, '');
  expect(commands.split('\n').filter((line) => line !== '')).toEqual([
    'set -u',
    'here=$(cd "$(dirname "$0")" && pwd)',
    '. "$here/bundle.env"',
  ]);
});

test('a record that names a file outside of its folder is refused', () => {
  expect(() => reproBundle(input({ hostFiles: { '/a/../../etc/passwd': '' } }))).toThrow('without ".."');
});

test('a run that was recorded before pods were kept in full is refused with a sentence', () => {
  const { replay: _, ...old } = observation;
  expect(() => reproBundle(input({ observation: old }))).toThrow(/run it again$/);
});
