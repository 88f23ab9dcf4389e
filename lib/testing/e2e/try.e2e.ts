import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Trial } from '../../model/trial.ts';
import { attemptAnswer } from '../../model/trial-answer.ts';
import { mediaManifest } from '../pods.ts';
import { FakeFleet } from './fake-fleet.ts';

const manifest = mediaManifest({ context: 'runAsUser: 1000, runAsGroup: 1000' });
const device = ['--device', 'gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660'];
const narrow = ['--profile', 'all', '--only', 'host=even engine=containerd@1.7.24 runtime=runc@1.1.15,crun'];

describe('try on hosts without a machine', () => {
  let fleet: FakeFleet;
  let file: string;
  beforeAll(async () => {
    fleet = await FakeFleet.create();
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

  test.each([
    ['a manifest that is none', manifest.replace('kind: Deployment', 'kind: [Deployment'), device, /bad\.yaml:\d+:\d+: /],
    ['a resource that nobody described', manifest, [], /bad\.yaml:19:\d+: what does gpu\.intel\.com\/i915 stand for\?/],
    [
      'a device that nobody asks for',
      manifest,
      [...device, '--device', 'a.b/c=vfio'],
      /--device a\.b\/c: no container of .* asks for it/,
    ],
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
