import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireHost } from '../../hosts/registry.ts';
import { leastNeeds } from '../../hosts/needs.ts';
import { prepareFixtures } from '../../hosts/shared/fixtures.ts';
import type { Host } from '../../hosts/host.ts';
import { openLedger } from '../../hosts/shared/ledger.ts';
import { parseGuest } from '../../probe/parse.ts';
import { GuestReport } from '../../model/guest-report.ts';
import { Observation } from '../../model/observation.ts';
import { OciSpec } from '../../model/oci-spec.ts';
import { componentKey } from '../../model/cell.ts';
import { RunFolder } from '../../record/run-folder.ts';
import { canonicalJson } from '../../model/json.ts';
import { normalize } from '../../report/normalize.ts';
import { writeRepro } from '../../verbs/repro.ts';
import { catalogFor } from '../../verbs/catalog.ts';
import { resolveAll } from '../../run/artifacts.ts';
import { temporary } from '../temporary.ts';
import { attachmentOf } from '../../run/host-lease.ts';
import { judgeFolder } from '../../run/judge-folder.ts';

// Shows that a bundle run by hand with crictl gives the recorded observation, on a host leased for it:
//   npx tsx lib/testing/e2e/repro.ts RUN CRICTL VERDICT…
const [run = '', crictl = '', ...ids] = process.argv.slice(2);
const folder = await RunFolder.open(run, 'results');
const plan = await folder.plan();
const document = await judgeFolder(folder, catalogFor(plan));
await using place = await temporary();
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const signal = new AbortController().signal;

/**
 * What the same pod may see differently: which boot it was, how many processes ran, in which order a directory is read,
 * and how the host's own cgroup tree is mounted.
 */
function comparable(guest: GuestReport, spec: OciSpec): string[] {
  const { bootId: _boot, processes: _processes, dev, mounts, block, partitions, ...rest } = guest;
  const sorted = (list: readonly unknown[]): string[] => list.map((each) => canonicalJson(each)).sort();
  const { devices = [], resources, ...linux } = spec.linux ?? {};
  return [
    ...sorted(dev),
    ...sorted(mounts).map((mount) =>
      mount.replace(/,nsdelegate|,memory_recursiveprot/g, '').replaceAll(/snapshots\/\d+\//g, 'snapshots/N/'),
    ),
    ...sorted(block),
    ...sorted(partitions),
    canonicalJson(rest),
    ...sorted(devices),
    canonicalJson(resources?.devices),
    canonicalJson(linux),
    canonicalJson(spec.process),
  ].map(normalize);
}

async function resultOf(host: Host, directory: string, name: string): Promise<string> {
  const { stdout } = await host.exec(['cat', '--', `${directory}/result/${name}`]);
  return stdout;
}

/** Runs one bundle on the host and returns how what came out differs from what was recorded. */
async function differences(host: Host, bundle: string, onHost: string, crictlOnHost: string): Promise<string[]> {
  for (const entry of await readdir(bundle, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    await host.write(
      `${onHost}${file.slice(bundle.length)}`,
      await readFile(file),
      entry.name.endsWith('.sh') || entry.name === 'busybox' ? 0o755 : 0o644,
    );
  }
  const ran = await host.exec(['env', `CRICTL=${crictlOnHost}`, 'sh', `${onHost}/run.sh`, '--this-machine-is-disposable'], {
    timeoutMs: 600_000,
  });
  say(`${ran.stdout.trim()}${ran.stderr.trim() === '' ? '' : `\n${ran.stderr.trim()}`}`);
  if (ran.exitCode !== 0) return [`run.sh ended with ${ran.exitCode}`];
  const recorded = Observation.parse(JSON.parse(await readFile(join(bundle, 'recorded.json'), 'utf8')));
  const refusedAt = (await resultOf(host, onHost, 'refused-at')).trim();
  if (recorded.outcome.kind === 'refused') {
    // crictl logs the engine's words as a quoted string.
    const words = normalize((await resultOf(host, onHost, 'refused.txt')).replaceAll('\\"', '"'));
    return [
      ...(refusedAt === recorded.outcome.call ? [] : [`refused at ${refusedAt || 'no call'}, recorded ${recorded.outcome.call}`]),
      ...(words.includes(normalize(recorded.outcome.message)) ? [] : [`said ${words}, recorded ${recorded.outcome.message}`]),
    ];
  }
  if (refusedAt !== '') return [`refused at ${refusedAt}: ${await resultOf(host, onHost, 'refused.txt')}`];
  const guest = parseGuest(await resultOf(host, onHost, 'probe.json'), 'by hand');
  const inspected: unknown = JSON.parse(await resultOf(host, onHost, 'inspect.json'), (_, child: unknown) =>
    child === null ? undefined : child,
  );
  const spec = OciSpec.parse((inspected as { info: { runtimeSpec: unknown } }).info.runtimeSpec);
  if (recorded.guest === undefined || recorded.spec === undefined) return ['nothing was recorded to compare with'];
  const before = comparable(GuestReport.parse(recorded.guest), recorded.spec);
  const after = comparable(guest, spec);
  say(`compared ${before.length} facts of the guest and of the OCI specification`);
  return [
    ...before.filter((fact) => !after.includes(fact)).map((fact) => `recorded only: ${fact}`),
    ...after.filter((fact) => !before.includes(fact)).map((fact) => `by hand only: ${fact}`),
  ];
}

const cells = plan.cells.filter((cell) => ids.some((id) => id.startsWith(`${cell.id}/`)));
const [first] = cells;
if (first === undefined) throw new Error('No verdict of this run was named');
// An engine's configuration names the runtimes of all its cells.
const beside = plan.cells.filter((cell) =>
  cells.some(({ host, engine }) => host.id === cell.host.id && componentKey(engine) === componentKey(cell.engine)),
);
const resolved = await resolveAll(beside, { signal, progress: say, append: () => undefined });
const context = { ledger: await openLedger(`repro-${process.pid}`), logs: place.path, signal, progress: say };
const variant = cells.some((cell) => cell.runtime.name === 'kata' || cell.engine.name === 'crio') ? 'kata' : 'plain';
await using host = await acquireHost(first.host.id, first.host.spec, context, { variant, needs: leastNeeds });
await prepareFixtures(host, host.fixtures);
for (const each of resolved.values()) if ('artifact' in each) await host.attach(attachmentOf(each.artifact));
// Written and not attached: a disk more would be seen by the pods.
await host.write('/root/crictl', await readFile(crictl), 0o755);
for (const [index, id] of ids.entries()) {
  const bundle = join(place.path, `bundle-${index}`);
  await writeRepro(folder, document, id, bundle);
  const found = await differences(host, bundle, `/root/bundle-${index}`, '/root/crictl');
  process.stdout.write(`${id}: ${found.length === 0 ? 'the same as recorded' : `DIFFERS\n  ${found.join('\n  ')}`}\n`);
  if (found.length > 0) process.exitCode = 1;
}
