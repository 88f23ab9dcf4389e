import type { Command } from 'commander';
import type { RunOptions } from '../run/run.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { join, relative, resolve } from 'node:path';
import { ManifestError } from '../manifest/error.ts';
import { readManifest } from '../manifest/read.ts';
import type { Workload } from '../manifest/workload.ts';
import type { Trial } from '../model/trial.ts';
import { RunFolder } from '../record/run-folder.ts';
import { renderTrials } from '../page/trial-page.ts';
import { exitOf, exitText } from '../model/trial-answer.ts';
import { trialText } from '../report/trial-text.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { progressOn } from '../run/progress.ts';

import { parseDescription, parseDevice, type Description } from '../try/device-spec.ts';
import { devicesOf, UnknownResource, type Devices, type PodDevice } from '../try/devices.ts';
import { withoutNodeProfiles } from '../try/profiles.ts';
import { asStaticPod } from '../try/static-pod.ts';
import { recordedPlan, unrecordedPlan } from '../try/recorded-plan.ts';
import { triedContainers } from '../try/suite.ts';
import { tryPods } from '../try/try.ts';
import { messageOf, UsageError } from '../util/errors.ts';
import { widthOf } from '../util/wrap.ts';
import { untilInterrupted } from './interrupt.ts';
import { catalogFor } from './catalog.ts';
import { explainRefusals } from './explain-refusals.ts';
import { openImages } from './open-images.ts';
import { assertOneHost } from './one-host.ts';
import { planFrom, type PlanFlags } from './plan.ts';
import { print } from './print.ts';
import { writeAll } from './publish.ts';

interface TryFlags extends PlanFlags {
  results: string;
  device: string[];
  devices?: string;
  imageUser?: number;
  image: string[];
  runtimeClass: string[];
  kubernetes: string;
  keep?: boolean;
  record?: boolean;
  redact?: boolean;
}

/** `seams` lets tests have hosts of their own. */
export function tryVerb(program: Command, version: string, seams: Pick<RunOptions, 'acquire'> = {}): void {
  const several = (value: string, before: string[]): string[] => [...before, value];
  program
    .command('try')
    .description('launch the pods of a manifest on engines and runtimes: what can they open, and which change helps?')
    .argument('<manifest>', 'a file of Kubernetes objects, or - for standard input')
    .option(
      '--device <resource=node>',
      'what a resource is: gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660, =vfio or =block',
      several,
      [],
    )
    .option('--devices <file>', 'nodes as "podproof describe-devices" prints them')
    .option('--image-user <id>', 'USER of the images, in whose place the probe runs', userOf)
    .option(
      '--image <[container=]file>',
      'an image to run, an OCI layout or what "docker save" wrote, for one container or all',
      several,
      [],
    )
    .option(
      '--runtime-class <name=handler>',
      'which handler a runtimeClassName stands for; without it, the one of each cell',
      several,
      [],
    )
    .option('--kubelet <version>', 'a kubelet of the matrix makes the pods, as static pods, in place of podproof')
    .option('--kubernetes <version>', 'whose fields the manifest may have', '1.37')
    .option('--profile <name>', 'a profile of the matrix', 'quick')
    .option('--only <selection>', "narrow its cells: 'engine=containerd>=1.7 runtime=crun'")
    .option('--record', 'judge it too, as a run that can be compared: report.html and the others')
    .option('--keep', 'then leave the host up for "podproof shell", until Ctrl-C or "podproof clean"')
    .option('--json', 'for machines')
    .action(async (file: string, _, command: Command) => {
      const flags = command.optsWithGlobals<TryFlags>();
      const read = await readAsked(file, flags);
      await untilInterrupted(async (signal) => {
        using progress = progressOn(process.stderr);
        const planned = await planFrom(flags, { signal, progress: (text) => progress.line('plan', text) });
        const asked = planned.cells.some(({ kubelet }) => kubelet !== undefined) ? forKubelet(read, file, flags) : read;
        const plan = flags.record === true ? recordedPlan(planned, triedContainers(asked).flat()) : unrecordedPlan(planned);
        if (flags.keep === true) assertOneHost(plan, '--keep');
        await using images = await openImages(flags.image, asked, signal);
        const folder = await RunFolder.create(resolve(flags.results), plan);
        let told = false;
        const tell = async (tried: Trial[]): Promise<void> => {
          told = true;
          const trials = tried.map(explainRefusals);
          await keep(folder, trials);
          if (flags.record === true) await writeAll(folder, await judgeFolder(folder, catalogFor(plan)), flags);
          const shown = {
            width: widthOf(process.stdout),
            folder: relative(process.cwd(), join(resolve(flags.results), 'latest')),
          };
          print(flags.json, trials, () => `${trials.map((trial) => trialText(trial, shown)).join('\n')}${exitText(trials)}\n`);
          process.exitCode = exitOf(trials);
        };
        const trials = await tryPods({
          ...{ plan, folder, version, progress, signal, file, ...seams },
          ...(flags.keep === true ? { keep: tell } : {}),
          pods: asked,
          imageUser: flags.imageUser,
          images: images.all,
          handlers: new Map(flags.runtimeClass.map(handlerOf)),
        });
        progress.close();
        if (told) return;
        await tell(trials);
        if (signal.aborted) process.exitCode = 130;
      });
    });
}

/** Reads everything that the user gave, before anything is started. Throws UsageError with the place of what is wrong. */
async function readAsked(file: string, flags: TryFlags): Promise<Array<{ workload: Workload; devices: readonly PodDevice[] }>> {
  const text = file === '-' ? await textOf(process.stdin) : await readText(file);
  const name = nameOf(file);
  const description: Description =
    flags.devices === undefined ? { nodes: [], devices: [] } : parseDescription(await readText(flags.devices), flags.devices);
  const resources = [...description.devices, ...flags.device.map((each) => parseDevice(each, description.nodes))];
  const devices: Devices = { resources, described: description.nodes };
  const schema = flags.kubelet?.split('.').slice(0, 2).join('.') ?? flags.kubernetes;
  const { workloads } = readManifest(text, { file: name, schema });
  const pods = workloads.map((workload) => ({
    workload: withoutNodeProfiles(workload),
    devices: devicesIn(workload, devices, name),
  }));
  const idle = resources.find(
    ({ resource }) =>
      !pods.some((pod) => pod.devices.some(({ origin }) => origin.kind === 'resource' && origin.name === resource)),
  );
  if (idle !== undefined) throw new UsageError(`--device ${idle.resource}: no container of ${name} asks for it in its limits`);
  return pods;
}

type AskedPod = Awaited<ReturnType<typeof readAsked>>[number];

/** The pods as a kubelet without an API server can make them. Throws UsageError for what it cannot. */
function forKubelet(asked: readonly AskedPod[], file: string, { runtimeClass }: TryFlags): AskedPod[] {
  if (runtimeClass.length > 0) throw new UsageError('--runtime-class: a kubelet without an API server knows no RuntimeClass');
  return asked.map((pod) => ({ ...pod, workload: asStaticPod(pod.workload, nameOf(file)) }));
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function devicesIn(workload: Workload, devices: Devices, file: string): PodDevice[] {
  try {
    return devicesOf(workload.pod, devices);
  } catch (error) {
    if (!(error instanceof UnknownResource)) throw error;
    throw new ManifestError(file, workload.place(error.path), error.message);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${messageOf(error)}`);
  }
}

/** The trials and their patches, beside the records of the run. */
async function keep(folder: RunFolder, trials: readonly Trial[]): Promise<void> {
  await writeFile(join(folder.path, 'trial.json'), `${JSON.stringify(trials, undefined, 2)}\n`);
  await writeFile(join(folder.path, 'trial.html'), renderTrials(trials));
  for (const { fixes } of trials) for (const { file, text } of fixes) await writeFile(join(folder.path, file), text);
}

function userOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--image-user: expected the number of a user, found "${text}"`);
  return Number(text);
}

function handlerOf(text: string): [string, string] {
  const [, name = '', handler = ''] = /^([a-z0-9.-]+)=([\w.-]+)$/.exec(text) ?? [];
  if (name === '') throw new UsageError(`--runtime-class: expected NAME=HANDLER, found "${text}"`);
  return [name, handler];
}
