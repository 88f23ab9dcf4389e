import { readFile } from 'node:fs/promises';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { criClient } from '../../cri/client.ts';
import { launchPod } from '../../cri/pod.ts';
import { handlerName, type Engine } from '../../engines/engine.ts';
import { leaseHost } from '../e2e/lease.ts';
import type { Host } from '../../hosts/host.ts';
import { recordedRuns } from '../recorded.ts';
import { componentKey } from '../../model/cell.ts';
import { probeImages } from '../../probe/image/images.ts';
import { serveImages } from '../../probe/registry.ts';
import { resolveAll } from '../../run/artifacts.ts';
import { leaseEngine } from '../../run/engine-lease.ts';
import { settle } from '../../run/host-lease.ts';
import { defaultOptions, type EngineOptions } from '../../suite/scenario.ts';
import { temporary } from '../temporary.ts';
import { spread, type Spread } from './measure.ts';

const rounds = 7;
const spec = 'runtime should support execSync [Conformance]';
const Suites = z.object({
  testsuites: z.object({
    testsuite: z.object({ testcase: z.array(z.object({ name: z.string(), status: z.string(), time: z.coerce.number() })) }),
  }),
});

/**
 * One pod as critest's "runtime should support execSync" has it (sandbox, container with `top`, `echo -n hello` in it, all
 * removed), by critest (`$CRITEST`, run on the host) and by podproof (from here), in turns, on one containerd with runc.
 */
export async function benchCritest(): Promise<Spread[]> {
  const critest = process.env['CRITEST'];
  if (critest === undefined) {
    process.stderr.write('critest is not measured: $CRITEST names no program\n');
    return [];
  }
  await using logs = await temporary();
  await using host = await leaseHost('bench-critest', logs.path);
  await host.write('/root/critest', await readFile(critest), 0o755);
  return await sideBySide(host);
}

async function sideBySide(host: Host): Promise<Spread[]> {
  const cell = await plainCell();
  const signal = new AbortController().signal;
  const resolved = await resolveAll([cell], { signal, progress: () => undefined, append: () => undefined });
  const images = await probeImages();
  await using registry = await serveImages(Object.values(images));
  const group = { engine: cell.engine, cells: [cell] };
  const setting = await settle({ resolved, images }, group, host, registry.port);
  // critest asks for no control group of its own, which systemd would need.
  const options: EngineOptions = { ...defaultOptions, deviceOwnership: false, cdi: false, cgroupDriver: 'cgroupfs' };
  const { engine } = await leaseEngine(setting, group, options, { signal, now: () => performance.now() });
  await using _ = engine;
  const pod = { handler: handlerName(cell.runtime, 'plain'), image: setting.images.root };
  const times: Record<'critest' | 'critestProcess' | 'podproof', number[]> = { critest: [], critestProcess: [], podproof: [] };
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    times.critest.push(await byCritest(host, engine, pod));
    times.critestProcess.push(performance.now() - start);
    times.podproof.push(await byPodproof(host, engine, { ...pod, name: `bench-${round}` }));
  }
  const critest = spread('one pod by critest', 'ms', times.critest);
  const podproof = spread('the same pod by podproof', 'ms', times.podproof);
  return [
    critest,
    spread('one pod by critest, with its own start', 'ms', times.critestProcess),
    podproof,
    spread('podproof by critest, one pod', 'ratio', [podproof.median / critest.median]),
  ];
}

async function plainCell() {
  const run = recordedRuns().find(({ name }) => name === 'containerd-1.7.24');
  const cell = (await run?.folder.plan())?.cells.find(({ runtime }) => componentKey(runtime).startsWith('runc'));
  if (cell === undefined) throw new Error('Cannot measure: the recorded run containerd-1.7.24 has no cell with runc');
  return cell;
}

interface BenchPod {
  handler: string;
  image: string;
}

/** Milliseconds of the spec alone, as critest's own JUnit report has it. */
async function byCritest(host: Host, { config }: Engine, { handler, image }: BenchPod): Promise<number> {
  const images = `defaultTestContainerImage: ${image}\nwebServerTestImage: ${image}\n`;
  await host.write('/root/critest-images.yaml', images);
  const endpoint = `unix://${config.socket}`;
  const { exitCode, stdout } = await host.exec(
    [
      '/root/critest',
      ...['-runtime-endpoint', endpoint, '-image-endpoint', endpoint, '-runtime-handler', handler],
      ...['-test-images-file', '/root/critest-images.yaml', '-ginkgo.junit-report', '/root/critest.xml'],
      ...['-ginkgo.focus', spec.replace(/[[\]]/g, '\\$&')],
    ],
    { timeoutMs: 300_000 },
  );
  if (exitCode !== 0) throw new Error(`critest ended with ${exitCode}: ${stdout.slice(-2_000)}`);
  const report = await host.exec(['cat', '/root/critest.xml']);
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', isArray: (name) => name === 'testcase' });
  const { testsuites } = Suites.parse(parser.parse(report.stdout));
  const ran = testsuites.testsuite.testcase.filter(({ name, status }) => status === 'passed' && name.includes(spec));
  if (ran[0] === undefined || ran.length > 1) throw new Error(`critest ran ${ran.length} specs of that name instead of one`);
  return ran[0].time * 1000;
}

/** Milliseconds from the first call to the answer to the last. */
async function byPodproof(host: Host, { config, api }: Engine, pod: BenchPod & { name: string }): Promise<number> {
  await using client = criClient({ dial: () => host.dial(config.socket), api });
  const start = performance.now();
  {
    await using running = await launchPod(client, { ...pod, uid: pod.name, namespace: 'bench', command: ['top'] });
    const { exitCode, stdout } = await running.exec(['echo', '-n', 'hello'], 30);
    if (exitCode !== 0 || stdout !== 'hello') throw new Error(`The pod said ${JSON.stringify(stdout)} instead of hello`);
  }
  return performance.now() - start;
}
