import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { Trial } from '../../model/trial.ts';
import { attemptAnswer } from '../../model/trial-answer.ts';
import { mediaManifest } from '../pods.ts';
import { fakeFleet, only, type FakeFleet } from './fake-fleet.ts';

const manifest = mediaManifest({ context: 'runAsUser: 1000, runAsGroup: 1000' });
const device = ['--device', 'gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660'];
const narrow = ['--profile', 'all', '--only', 'host=even engine=containerd@1.7.24 runtime=runc@1.1.15,crun'];

describe('try on hosts without a machine', () => {
  let fleet: FakeFleet;
  let file: string;
  beforeAll(async () => {
    fleet = await fakeFleet();
    file = join(fleet.directory, 'media.yaml');
    await writeFile(file, manifest);
  });
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  test('says that the pod cannot open its device, who decides, and the smallest change that helps', async () => {
    const { exitCode, stdout, stderr } = await fleet.podproof('one', ['try', file, ...device, ...narrow]);
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toContain('Deployment media, container media: uid=1000 gid=1000 groups=1000');
    expect(stdout).toMatch(/ as it is +EACCES +EACCES\n/);
    expect(stdout).toMatch(/ supplementalGroups: \[105\] +opens +opens\n/);
    expect(stdout).toMatch(/ ownership key \(node\) +opens +opens\n/);
    expect(stdout).toContain('the file mode: read');
    expect(stdout).toContain('Smallest change: supplementalGroups: [105]\n');
    const folder = fleet.latest('one');
    const [trial] = z.array(Trial).parse(JSON.parse(await readFile(join(folder, 'trial.json'), 'utf8')));
    const answers = trial?.attempts.map((attempt) => `${attempt.fix ?? 'as it is'} ${attemptAnswer(attempt)}`);
    expect(new Set(answers)).toEqual(
      new Set([
        'as it is EACCES',
        'groups opens',
        'group opens',
        'mode opens',
        'ownership opens',
        'cdi ENOENT',
        'privileged-withheld EACCES',
        'privileged EACCES',
      ]),
    );
    expect(await readFile(join(folder, 'fix-1.yaml'), 'utf8')).toContain('supplementalGroups:\n          - 105\n');
  });

  test('is content with a pod that can open all that it is given, and tries no fix', async () => {
    const open = manifest.replace('runAsGroup: 1000', 'runAsGroup: 105');
    await writeFile(join(fleet.directory, 'open.yaml'), open);
    const { exitCode, stdout, stderr } = await fleet.podproof('two', [
      'try',
      join(fleet.directory, 'open.yaml'),
      ...device,
      ...narrow,
      '--json',
    ]);
    expect(exitCode, stderr).toBe(0);
    expect(z.array(Trial).parse(JSON.parse(stdout))).toMatchObject([
      { fixes: [], attempts: [{ outcome: 'ran' }, { outcome: 'ran' }] },
    ]);
  });

  test('gives the pod to a kubelet, whose device plugins hand out what each fix says, and tells its part of the way', async () => {
    const args = ['try', file, ...device, ...narrow, '--kubelet', '1.37.2'];
    const { exitCode, stdout, stderr } = await fleet.podproof('kubelet', args);
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toMatch(/ +kubelet 1\.37\.2 +kubelet 1\.37\.2\n as it is +EACCES +EACCES\n/);
    expect(stdout).toMatch(/ supplementalGroups: \[105\] +opens +opens\n/);
    expect(stdout).toMatch(/ ownership key \(node\) +opens +opens\n/);
    expect(stdout).toMatch(/ mode 0666 \(node\) +opens +opens\n/);
    expect(stdout).toMatch(/ privileged, withheld \(node\)\s+not tried +not tried\n/);
    expect(stdout).toContain('Asked for by kubelet 1.37.2, in every field as podproof asks\n');
    expect(stdout).toMatch(/ manifest +runAsGroup 1000\n +kubelet +hands it on\n +CRI request +runAsGroup 1000\n/);
    const [trial] = z.array(Trial).parse(JSON.parse(await readFile(join(fleet.latest('kubelet'), 'trial.json'), 'utf8')));
    expect(trial?.cells.map(({ kubelet }) => kubelet)).toEqual(['kubelet 1.37.2', 'kubelet 1.37.2']);
    expect(trial?.attempts.filter(({ outcome }) => outcome === 'ran').map(({ differences }) => differences)).not.toContain(
      undefined,
    );
  });

  test('refuses what a kubelet without an API server cannot make, before anything is touched', async () => {
    const pod = join(fleet.directory, 'class.yaml');
    await writeFile(pod, manifest.replace('      securityContext:', '      runtimeClassName: kata\n      securityContext:'));
    const refused = await fleet.podproof('class', ['try', pod, ...device, ...narrow, '--kubelet', '1.37.2']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/class\.yaml:12:\d+: .*cannot have spec\.template\.spec\.runtimeClassName/);
    const unknown = await fleet.podproof('class', ['try', file, ...device, ...narrow, '--kubelet', '1.30.0']);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('unknown kubelet "1.30.0"');
  });

  test.each([['try'], ['run']])(
    '%s --keep leaves its host up for a shell with the engine’s socket, until clean',
    async (verb) => {
      const one = ['--profile', 'all', '--only', 'host=even engine=containerd@1.7.24 runtime=runc@1.1.15'];
      const [last = ''] = one.splice(-1);
      const args = verb === 'try' ? ['try', file, ...device, ...one, last] : ['run', ...one, `${last} ${only}`];
      const keeping = fleet.podproof(verb, [...args, '--keep']);
      onTestFinished(() => void keeping.kill('SIGKILL'));
      await new Promise<void>((resolve) => {
        keeping.stderr.on('data', (text: Buffer) => String(text).includes('even stays up') && resolve());
        void keeping.then(() => resolve());
      });
      const shell = await fleet.podproof(verb, ['shell', 'even', '--', 'crictl', 'pods; true']);
      expect(shell.stdout, shell.stderr).toMatch(/^CONTAINER_RUNTIME_ENDPOINT=unix:.*\.sock$/m);
      expect(shell.stdout.trimEnd().split('\n').slice(-2)).toEqual(['crictl', 'pods; true']);
      const cleaned = await fleet.podproof(verb, ['clean']);
      expect(cleaned.stdout, cleaned.stderr).toMatch(/given back: host even, which process \d+ of run/);
      const { exitCode, stdout, stderr } = await keeping;
      expect(stderr).toContain('the host was given back');
      expect(stdout).toMatch(verb === 'try' ? /Exit +1/ : /Exit +0/);
      expect(exitCode, stderr).toBe(verb === 'try' ? 1 : 0);
      expect((await fleet.podproof(verb, ['clean'])).stdout).toBe('Nothing is left of any run.');
      expect((await fleet.podproof(verb, ['shell', 'even'])).exitCode).toBe(2);
    },
  );

  test('a shell brings a host up where none is kept, for the engine that was asked for, and gives it back when it ends', async () => {
    const one = ['--profile', 'all', '--only', 'engine=containerd@1.7.24 runtime=runc@1.1.15'];
    const shell = await fleet.podproof('shell', ['shell', 'odd', ...one, '--', 'crictl', 'pods']);
    expect(shell.stdout, shell.stderr).toMatch(/^CONTAINERD_ADDRESS=.*containerd-1\.7\.24.*\.sock$/m);
    expect(shell.exitCode, shell.stderr).toBe(0);
    expect((await fleet.podproof('shell', ['clean'])).stdout).toBe('Nothing is left of any run.');
    expect(await readdir(join(fleet.directory, 'shell', 'results')).catch(() => [])).toEqual([]);
    expect(await readdir(join(fleet.directory, 'shell', 'state/podproof/shells'))).toEqual(['latest']);
    const two = await fleet.podproof('shell', ['shell', 'odd', '--profile', 'all']);
    expect(two.stderr).toMatch(/shell is of one engine, and the plan has containerd@.*narrow it with --only 'engine=…'/);
    expect(two.exitCode).toBe(2);
  });

  test('a shell on a host that does not come up says why, and ends with 75', async () => {
    const one = ['--profile', 'all', '--only', 'engine=containerd@1.6.38 runtime=runc@1.1.15'];
    const shell = await fleet.podproof('shell', ['shell', 'odd', ...one, '--', 'crictl', 'pods']);
    expect(shell.stderr).toMatch(/podproof: .*containerd 1\.6\.38/);
    expect(shell.exitCode).toBe(75);
  });

  test('--record keeps it as a run that is judged, compared and merged like any other', async () => {
    const args = ['try', file, ...device, ...narrow, '--record'];
    const first = await fleet.podproof('kept', args);
    expect(first.exitCode, first.stderr).toBe(1);
    const before = await readlink(fleet.latest('kept'));
    expect((await fleet.podproof('kept', args)).exitCode).toBe(1);
    const compared = await fleet.podproof('kept', ['report', 'latest', '--baseline', before]);
    expect(compared.stdout, compared.stderr).toContain('Can container media of Deployment media use /dev/dri/renderD128');
    expect(compared.stdout).toContain('0 newly weaker, 0 newly broken, 0 mended, 4 the same');
    expect(compared.stdout).toMatch(/Verdicts +2 fail, 2 pass/);
    const given = await Promise.all(
      ['runc-1.1.15', 'crun-1.21'].map(async (runtime) => {
        const seen = await readFile(
          join(fleet.latest('kept'), 'cells/even/containerd-1.7.24', runtime, 'observations.ndjson'),
          'utf8',
        );
        return new Set(seen.match(/try\.podproof\.dev\/device=[\w.-]+/g));
      }),
    );
    expect(given).toEqual([expect.toSatisfy(({ size }) => size === 1), expect.toSatisfy(({ size }) => size === 1)]);
    expect(given[0]).not.toEqual(given[1]);
    const runs = [before, 'latest'].map((name) => join(fleet.directory, 'kept', 'results', name));
    const merged = await fleet.podproof('kept', ['report', ...runs, '--out', join(fleet.directory, 'merged')]);
    expect(merged.stdout, merged.stderr).toMatch(/Verdicts +2 fail, 2 pass/);
  });

  test('that is interrupted says what it had tried until then, and ends with 130', async () => {
    const trying = fleet.podproof('cut', ['try', file, ...device, ...narrow]);
    onTestFinished(() => void trying.kill('SIGKILL'));
    trying.stderr.on('data', (text: Buffer) => String(text).includes('as it is: EACCES') && trying.kill('SIGINT'));
    const { exitCode, stdout, stderr } = await trying;
    expect(exitCode, stderr).toBe(130);
    expect(stdout).toMatch(/ as it is +EACCES/);
    expect(stderr).toContain('interrupted; this is what was tried');
    const document: unknown = JSON.parse(await readFile(join(fleet.latest('cut'), 'trial.json'), 'utf8'));
    expect(z.array(Trial).parse(document)[0]?.attempts[0]).toMatchObject({ outcome: 'ran' });
  });

  test('keeps no more than one host, and starts nothing for two', async () => {
    const { exitCode, stderr } = await fleet.podproof('two-hosts', ['try', file, ...device, '--profile', 'all', '--keep']);
    expect(stderr).toContain('--keep keeps one host, and the plan has even, odd');
    expect(exitCode).toBe(2);
  });

  test.each([
    ['a manifest that is none', manifest.replace('kind: Deployment', 'kind: [Deployment'), device, /bad\.yaml:\d+:\d+: /],
    ['a resource that nobody described', manifest, [], /bad\.yaml:19:\d+: what does gpu\.intel\.com\/i915 stand for\?/],
    [
      'a device that nobody asks for',
      manifest,
      [...device, '--device', 'a.b/c=vfio'],
      /--device a\.b\/c: no container of .* asks for it/,
    ],
    [
      'an image that is none',
      manifest,
      [...device, '--image', '/etc/hostname'],
      /--image \/etc\/hostname: Cannot read the archive/,
    ],
    ['an image of no container', manifest, [...device, '--image', 'x=/etc'], /no pod has a container "x"; there is media/],
    ['a device that is none', manifest, ['--device', 'gpu.intel.com/i915=/dev/dri'], /expected RESOURCE=PATH/],
  ])('refuses %s with exit 2 and its place, and starts nothing', async (_, text, flags, words) => {
    const bad = join(fleet.directory, 'bad.yaml');
    await writeFile(bad, text);
    const { exitCode, stderr } = await fleet.podproof('bad', ['try', bad, ...flags, ...narrow]);
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(2);
    expect(await readdir(join(fleet.directory, 'bad', 'results')).catch(() => [])).toEqual([]);
  });
});
