import type { Container } from '../cri/pod.ts';
import type { Remote } from '../hosts/host.ts';
import type { GuestReport } from '../model/guest-report.ts';
import type { HostReport } from '../model/host-report.ts';
import type { OciSpec } from '../model/oci-spec.ts';
import { sweepHost, type SweepOptions } from './host-sweep.ts';
import { parseGuest } from './parse.ts';
import { probeArgv } from './script.ts';

/** Seconds, before timeoutFactor: long for an emulated guest, as an open(2) that blocks ends only with it. */
const execDeadline = 60;

/**
 * Looks into the pod and at the host at the same moment, or with `hostLast` at the host when the pod was entered: what a runtime
 * does to it in doing so is seen then. `probes` are attempts in the words of probeArgv.
 */
export async function observePod(
  pod: Container,
  remote: Remote,
  probes: readonly string[],
  options: SweepOptions & { hostLast?: boolean } = {},
): Promise<{ guest: GuestReport; host: HostReport; spec: OciSpec }> {
  const entered = probe(pod, probes, options.signal);
  const sweep = (): Promise<HostReport> => sweepHost(remote, pod, options);
  const [guest, host, spec] = await Promise.all([entered, options.hostLast === true ? entered.then(sweep) : sweep(), pod.spec()]);
  return { guest, host, spec };
}

async function probe(pod: Container, probes: readonly string[], signal: AbortSignal | undefined): Promise<GuestReport> {
  const { exitCode, stdout, stderr } = await pod.exec(probeArgv(probes), execDeadline, signal);
  if (exitCode !== 0) {
    throw new Error(`Cannot probe pod ${pod.pod}: the probe ended with ${exitCode}: ${stderr.trim().slice(-400)}`);
  }
  return parseGuest(stdout, pod.pod);
}
