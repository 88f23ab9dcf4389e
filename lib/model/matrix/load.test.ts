import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../util/errors.ts';
import { packageRoot } from '../../util/paths.ts';
import { exampleText } from '../../testing/matrix.ts';
import { HostSpec } from '../../hosts/facts.ts';
import { loadMatrix, parseMatrix } from './load.ts';
import { EngineName } from './matrix.ts';
import { enumerated } from '../../util/words.ts';

const kinds = HostSpec.options.map(({ shape }) => shape.kind.value);

/** The message that the example gives after one replacement, which must hit, without line and column. */
function messageAfter(from: string, to: string): string {
  expect(exampleText).toContain(from);
  try {
    parseMatrix(exampleText.replace(from, to));
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const message = error instanceof Error ? error.message : '';
    expect(message).toMatch(/^matrix\.json:\d+:\d+: /);
    return message.replace(/:\d+:\d+/, '');
  }
  throw new Error('the matrix was accepted');
}

describe('loadMatrix', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'podproof-matrix-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('reads the matrix of this repository', async () => {
    const matrix = await loadMatrix(join(packageRoot, 'matrix.json'));
    expect(Object.keys(matrix.profiles)).toEqual(['quick', 'ci', 'qualification', 'kubelet']);
  });

  test('names the file that is absent', async () => {
    await expect(loadMatrix(join(directory, 'none.json'))).rejects.toThrow(/^Cannot read the matrix .*none\.json: ENOENT/);
  });

  test('gives line and column of a syntax error', async () => {
    const file = join(directory, 'matrix.json');
    await writeFile(file, '{\n  "hosts": {},,\n}');
    await expect(loadMatrix(file)).rejects.toThrow(`${file}:2:15: expected a key in double quotes, found ","`);
  });

  test('accepts a byte-order mark', () => {
    expect(Object.keys(parseMatrix(`\uFEFF${exampleText}`).hosts)).toHaveLength(3);
  });
});

describe('a schema error is one sentence with the path inside the file', () => {
  test.each([
    [
      '"2.3.4"',
      '"2.3.x"',
      'matrix.json: engines.containerd[2].version: expected a version like 1.7.24 or 2.4.0-beta.0, or "newest", found "2.3.x"',
    ],
    [
      '"containerd": [',
      '"containerdd": [',
      'matrix.json: engines: unknown key "containerdd", did you mean "containerd"? Known: ' +
        EngineName.options.filter((name) => name !== 'crio').join(', '),
    ],
    [
      '{ "kind": "vm", "suite": "trixie" }',
      '{ "kind": "vm", "suite": "trixie", "memory": 4096 }',
      'matrix.json: hosts.debian-13: unknown key "memory", did you mean "memoryMiB"? Known: memoryMiB, cpus, kernelParameters, cgroup, allowExpiredRelease',
    ],
    [
      '"suite": "trixie" }',
      '"suite": "trixi" }',
      'matrix.json: hosts.debian-13.suite: expected bookworm, trixie or sid, found "trixi", did you mean "trixie"?',
    ],
    [
      '"kind": "ssh"',
      '"kind": "shh"',
      `matrix.json: hosts.metal.kind: expected ${enumerated(kinds, 'or')}, found "shh", did you mean "ssh"?`,
    ],
    ['"title": "One cell",', '', 'matrix.json: profiles.quick.title: expected a text in double quotes, found nothing'],
    ['"title": "One cell"', '"title": 7', 'matrix.json: profiles.quick.title: expected a text in double quotes, found 7'],
    ['"hosts": ["debian-13"]', '"hosts": []', 'matrix.json: profiles.quick.hosts: expected at least 1 entry, found []'],
    ['"suite": "trixie" }', '"suite": "trixie", "cpus": 0 }', 'matrix.json: hosts.debian-13.cpus: expected at least 1, found 0'],
    [
      '"suite": "trixie" }',
      '"suite": "trixie", "cpus": 1.5 }',
      'matrix.json: hosts.debian-13.cpus: expected a whole number, found 1.5',
    ],
    [
      '"debian-13": {',
      '"Debian 13": {',
      'matrix.json: hosts["Debian 13"]: the key "Debian 13" is not a valid name: expected lower-case letters, digits, dots and dashes',
    ],
    [
      '"metal-1"',
      '"-oProxyCommand=x"',
      'matrix.json: hosts.metal.destination: expected an ssh destination like root@metal-1, found "-oProxyCommand=x"',
    ],
    [
      '["runc@1.1.15"]',
      '["runc@"]',
      'matrix.json: profiles.quick.runtimes[0]: expected a name or name@version, like containerd@1.7.24, found "runc@"',
    ],
    [
      '"packages": ["runc"] } },\n',
      '"packages": ["--help"] } },\n',
      'matrix.json: runtimes.runc[0].source.packages[0]: expected the name of a Debian package, found "--help"',
    ],
    [
      'the rust shim is not tried under CRI-O here',
      'no',
      'matrix.json: exclude[0].why: expected at least 10 characters, found "no"',
    ],
  ])('%j for %j', (from, to, message) => {
    expect(messageAfter(from, to)).toBe(message);
  });

  test('says how many more errors there are', () => {
    expect(messageAfter('"title": "One cell",\n      "hosts": ["debian-13"],', '')).toMatch(
      /title: expected a text.* \(and 1 more\)$/,
    );
  });

  test('never shows more than a little of a long value', () => {
    expect(messageAfter('"2.3.4"', JSON.stringify('x'.repeat(5_000))).length).toBeLessThan(200);
  });

  test('is what any JSON value gives that is no matrix', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseMatrix(JSON.stringify(value))).toThrow(UsageError);
      }),
    );
  });
});

describe('line and column', () => {
  const at = (from: string, to: string): string => {
    try {
      parseMatrix(exampleText.replace(from, to));
      return 'accepted';
    } catch (error) {
      return /^matrix\.json:(\d+:\d+)/.exec(String(error instanceof Error && error.message))?.[1] ?? String(error);
    }
  };

  test.each([
    ['are those of a wrong value’s key', '"2.3.4"', '"2.3.x"', '11:9'],
    ['are those of an unknown key', '"suite": "trixie" }', '"suite": "trixie", "cpu": 1 }', '4:53'],
    ['are those of an entry of a list', 'containerd@1.7.24', 'containerd@1.7.42', '30:19'],
    ['are those of the object that lacks a key', '"title": "One cell",', '', '27:5'],
  ])('%s', (_, from, to, place) => {
    expect(at(from, to)).toBe(place);
  });
});

describe('cross references', () => {
  test.each([
    [
      '"version": "2.3.4"',
      '"version": "newest"',
      'engines.containerd[2].version: only the source "deb" has a newest version to look up, found "release"; name the version',
    ],
    [
      '"exclude":',
      '"cni": { "version": "newest", "source": { "kind": "path" } }, "exclude":',
      'cni.version: only the source "deb" has a newest version to look up, found "path"; name the version',
    ],
    [
      '"hosts": ["debian-13"]',
      '"hosts": ["debian-31"]',
      'profiles.quick.hosts[0]: unknown host "debian-31", did you mean "debian-13"? Known: debian-12, debian-13, metal',
    ],
    [
      'containerd@1.7.24',
      'containerd@1.7.42',
      'profiles.quick.engines[0]: unknown engine "containerd@1.7.42", did you mean "containerd@1.7.24"? Known: containerd@1.6.20, containerd@1.7.24, containerd@2.3.4',
    ],
    ['["runc@1.1.15"]', '["crun"]', 'profiles.quick.runtimes[0]: unknown runtime "crun", did you mean "runc"? Known: runc, kata'],
    [
      '"kata@3.30.0-rust-qemu"',
      '"kata@3.30.0-rust-clh"',
      'exclude[0].runtime: unknown runtime "kata@3.30.0-rust-clh", did you mean "kata@3.30.0-rust-qemu"? Known: kata@3.30.0-go-qemu, kata@3.30.0-rust-qemu',
    ],
    [
      '"engine": "crio", "runtime": "kata@3.30.0-rust-qemu", ',
      '',
      'exclude[0]: names no host, engine or runtime and would leave out every cell',
    ],
    [
      '"version": "2.3.4"',
      '"version": "1.7.24"',
      'engines.containerd[2]: containerd 1.7.24 is defined twice, first as engines.containerd[1]',
    ],
    ['"shim": "rust"', '"shim": "go"', 'runtimes.kata[1]: kata 3.30.0-go-qemu is defined twice, first as runtimes.kata[0]'],
    ['"debian-12", "debian-13", "metal"', '"debian-12", "debian-12"', 'profiles.all.hosts[1]: "debian-12" is defined twice'],
    ['"shim": "go", ', '', 'runtimes.kata[0].shim: kata needs a shim: go or rust'],
    ['"vmm": "qemu", ', '', 'runtimes.kata[0].vmm: kata needs a VMM, like qemu'],
    ['"version": "1.1.5",', '"version": "1.1.5", "shim": "go",', 'runtimes.runc[0].shim: runc has no shim to choose, found "go"'],
    [
      '"exclude":',
      '"cni": { "version": "0.7.6", "source": { "kind": "release" } }, "exclude":',
      'cni.version: expected 0.8.0 or newer, as the pod network is written in CNI 0.4.0, which older plugins do not read; found "0.7.6"',
    ],
    [
      '"exclude":',
      '"kubelet": [{ "version": "1.27.16", "source": { "kind": "release" } }], "exclude":',
      'kubelet[0].version: expected 1.28.0 or newer, as what older ones ask for is not known here; found "1.27.16"',
    ],
    [
      '"runtimes": ["runc@1.1.15"]',
      '"runtimes": ["runc@1.1.15"], "kubelets": ["kubelet"]',
      'profiles.quick.kubelets[0]: unknown kubelet "kubelet". Known: none',
    ],
    ['"vmm": "qemu"', '"vmm": "dragonball"', 'runtimes.kata[0].vmm: dragonball is a part of the rust shim; shim is "go"'],
  ])('%j for %j', (from, to, message) => {
    expect(messageAfter(from, to)).toBe(`matrix.json: ${message}`);
  });

  test('let two Debian suites have the same upstream version', () => {
    expect(
      parseMatrix(exampleText.replace('"version": "1.1.5"', '"version": "1.1.15"').replace('"runc@1.1.15"', '"runc"')).runtimes
        .runc,
    ).toHaveLength(2);
  });
});
