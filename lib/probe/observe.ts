import { CriError } from '../cri/error.ts';
import type { Container } from '../cri/pod.ts';
import type { Remote } from '../hosts/host.ts';
import type { GuestReport } from '../model/guest-report.ts';
import type { OciSpec } from '../model/oci-spec.ts';
import { waitFor } from '../util/wait.ts';
import { sweepPod, type PodSweep, type SweepOptions } from './host-sweep.ts';
import { parseGuest } from './parse.ts';
import type { RuntimePlaces } from './runtime-state.ts';
import { probeArgv } from './script.ts';

/** Seconds, before timeoutFactor: long for an emulated guest, as an open(2) that blocks ends only with it. */
const execDeadline = 60;

/**
 * What a shim says of every program in a guest that it has lost, before it ends the sandbox (kata-containers 4.1.0
 * containerd-shim-v2/wait.go, exitCode255 and watchSandbox). A program may end so by itself; its sandbox runs on then.
 */
const lostExitCode = 255;

interface ProbeOptions extends Pick<SweepOptions, 'signal'> {
  /** How long the sandbox of a lost guest may take to end. */
  lostWithinMs?: number;
}

/**
 * Looks into the pod and at the host at the same moment, or with `hostLast` at the host when the pod was entered: what a runtime
 * does to it in doing so is seen then. `places` are those of its engine, `probes` attempts in the words of probeArgv.
 */
export async function observePod(
  pod: Container,
  remote: Remote,
  places: RuntimePlaces,
  probes: readonly string[],
  options: SweepOptions & ProbeOptions & { hostLast?: boolean } = {},
): Promise<PodSweep & { guest: GuestReport; spec: OciSpec }> {
  const entered = probe(pod, probes, options);
  const sweep = (): Promise<PodSweep> => sweepPod(remote, pod, places, options);
  const [guest, swept, spec] = await Promise.all([
    entered,
    options.hostLast === true ? entered.then(sweep) : sweep(),
    pod.spec(),
  ]);
  return { ...swept, guest, spec };
}

async function probe(
  pod: Container,
  probes: readonly string[],
  { signal, lostWithinMs = 15_000 }: ProbeOptions,
): Promise<GuestReport> {
  const { exitCode, stdout, stderr } = await pod.exec(probeArgv(probes), execDeadline, signal);
  if (exitCode === 0) return parseGuest(stdout, pod.pod);
  const why = `the probe ended with ${exitCode}: ${stderr.trim().slice(-400)}`;
  if (exitCode === lostExitCode && (await endsItself(pod, lostWithinMs, signal)))
    throw new CriError('ExecSync', 'UNKNOWN', `${why}; its sandbox ended while it was probed`);
  throw new Error(`Cannot probe pod ${pod.pod}: ${why}`);
}

/** Whether a sandbox ends that nobody has stopped. */
function endsItself(pod: Container, timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  const name = `see the sandbox of ${pod.pod} end`;
  return waitFor({ name, timeoutMs, signal }, async () => ((await pod.sandboxRuns()) ? undefined : true)).catch(() => false);
}
