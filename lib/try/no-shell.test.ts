import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultNode } from '../cri/kubelet/node.ts';
import { kubeletRequest } from '../cri/kubelet/request.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import { readManifest } from '../manifest/read.ts';
import { parseGuest } from '../probe/parse.ts';
import { probeArgv, probeScript } from '../probe/script.ts';
import { temporary } from '../testing/temporary.ts';
import { exec } from '../util/exec.ts';
import { devicesOf, placeDevices } from './devices.ts';
import { makeNodeObjects } from './node-objects.ts';
import { attemptsFor } from './sight.ts';

/** As ssh does: all words in one line, which a shell on the other side reads. */
const likeSsh = connectRemote({ prefix: ['sh', '-c', 'eval "$*"', 'ssh'], quoting: 'posix' });

test('nothing of a manifest is read by a shell, on the node or in the probe', async () => {
  await using place = await temporary();
  const mark = join(place.path, 'mark');
  const hostile = `x'"$(touch ${mark})\`touch ${mark}\`; touch ${mark} & \${IFS} * ~`;
  const own = join(place.path, 'pods');
  await mkdir(own);
  const document = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', annotations: { note: hostile }, labels: { app: 'x' } },
    spec: {
      hostAliases: [{ ip: '10.0.0.1', hostnames: [hostile] }],
      containers: [
        {
          ...{ name: 'main', image: hostile, command: [hostile], args: [hostile], workingDir: hostile },
          env: [{ name: 'A', value: hostile }],
          volumeMounts: [
            { name: 'data', mountPath: `/${hostile}` },
            { name: 'node', mountPath: `/dev/${hostile.replaceAll('/', '|')}` },
          ],
        },
      ],
      volumes: [
        { name: 'data', hostPath: { path: join(place.path, hostile.replaceAll('/', '|')), type: 'DirectoryOrCreate' } },
        { name: 'node', hostPath: { path: '/dev/null', type: 'CharDevice' } },
      ],
    },
  };
  const [workload] = readManifest(JSON.stringify(document), { file: 'p', schema: '1.37' }).workloads;
  if (workload === undefined) throw new Error('the manifest has no workload');
  const { pod } = workload;
  const node = { ...defaultNode, version: '1.37.2', memory: 2 ** 30, rootDirectory: own, logDirectory: own };
  const containers = new Map([['main', { image: { reference: 'i' } }]]);
  const request = kubeletRequest(node, pod, { uid: 'u', handler: '', containers });
  expect(request.containers[0]?.config).toMatchObject({ command: [hostile], args: [hostile], workingDir: hostile });
  await using _made = await makeNodeObjects(likeSsh, request.node, { directories: [own], own: false });
  expect(await readFile(join(own, 'pods/u/etc-hosts'), 'utf8')).toContain(`10.0.0.1\t${hostile}\n`);
  await access(join(place.path, hostile.replaceAll('/', '|')));
  const fixtures = { blockPlain: '/dev/vdc' } as Parameters<typeof placeDevices>[1];
  const { placed } = placeDevices(devicesOf(pod, { resources: [], described: [] }), fixtures);
  const attempts = attemptsFor(placed, []);
  expect(attempts).toContain(`open:r:/dev/${hostile.replaceAll('/', '|')}`);
  const { stdout } = await exec(['busybox', 'sh', '-c', await probeScript(), ...probeArgv(attempts)]);
  expect(parseGuest(stdout, 'p').opens.map(({ path }) => path)).toContain(`/dev/${hostile.replaceAll('/', '|')}`);
  await expect(access(mark)).rejects.toThrow('ENOENT');
});
