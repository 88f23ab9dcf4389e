import { engines } from '../engines/facts.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import type { CellFacts } from '../suite/requirement.ts';
import { sameVersion } from '../model/version.ts';
import { runtimeFacts } from '../runtimes/facts.ts';
import { vmmFacts } from '../runtimes/kata/facts.ts';

/** The planned binaries' checksums, which the observation must show again. */
export interface PlannedIdentity {
  engineSha256: string;
  runtimeSha256: string;
  /** Of the kubelet before the engine, where one is planned. */
  kubeletSha256?: string | undefined;
}

/**
 * Why the observation tested something else than planned, or undefined. It answers what no rule may be trusted without:
 * tests once "actually checking runc rather than kata" (kata-containers/tests#3893).
 */
export function wrongThingTested(
  cell: CellFacts,
  planned: PlannedIdentity,
  lease: LeaseRecord,
  observation: Observation,
): string | undefined {
  const engine = lease.engine;
  if (engine.reportedName !== engines[cell.engine.name].reportedName) {
    return `the engine says that it is ${engine.reportedName}, planned was ${cell.engine.name}`;
  }
  if (!sameVersion(engine.reportedVersion, cell.engine.version)) {
    return `the engine says that it is ${engine.reportedVersion}, planned was ${cell.engine.version}`;
  }
  if (engine.sha256 !== planned.engineSha256) {
    return `the running engine has sha256 ${short(engine.sha256)}, planned was ${short(planned.engineSha256)}`;
  }
  if (observation.kubelet?.sha256 !== planned.kubeletSha256) {
    return `the kubelet has sha256 ${short(observation.kubelet?.sha256 ?? '')}, planned was ${short(planned.kubeletSha256 ?? '')}`;
  }
  const identity = observation.identity;
  if (identity === undefined) return undefined;
  if (identity.runtimeSha256 !== planned.runtimeSha256) {
    return `the handler ${observation.request.handler} runs ${identity.runtimePath} with sha256 ${short(identity.runtimeSha256)}, planned was ${short(planned.runtimeSha256)}`;
  }
  const wrong = wrongShim(cell, observation) ?? wrongConfiguration(observation);
  if (wrong !== undefined) return wrong;
  if (observation.outcome.kind !== 'ran') return undefined;
  if (runtimeFacts(cell.runtime.name).state !== undefined) {
    if (identity.stateOf !== cell.runtime.name) {
      return `the container's state on the host is ${identity.stateOf === null ? 'absent' : `that of ${identity.stateOf}`}, planned was ${cell.runtime.name}`;
    }
  }
  return wrongGuest(cell, observation);
}

/** What a shim says that does not know the options of Kata's: another one was started under its name. */
const foreignShim = /type with url \S*runtimeoptions\.v1\.Options: not found/;

function wrongShim({ runtime }: CellFacts, { outcome, request }: Observation): string | undefined {
  if (runtimeFacts(runtime.name).shims === undefined || outcome.kind !== 'refused' || !foreignShim.test(outcome.message))
    return undefined;
  return `the program that handler ${request.handler} starts is no shim of Kata: it does not know the options of one`;
}

/** The shim must have loaded the planned file, as its own log says, and the file must hold what was written there. */
function wrongConfiguration({ identity, outcome }: Observation): string | undefined {
  if (identity?.configuration === undefined) return undefined;
  const { planned, loaded, plannedSha256, sha256 } = identity.configuration;
  if (loaded === null)
    return outcome.kind === 'ran' ? `no log says that the shim loaded a configuration, planned was ${planned}` : undefined;
  if (loaded !== planned) return `the shim says that it loaded ${loaded}, planned was ${planned}`;
  if (sha256 === plannedSha256) return undefined;
  return `the configuration ${loaded} has sha256 ${short(sha256 ?? '')}, planned was ${short(plannedSha256 ?? '')}`;
}

/** A guest must show another boot than the host's, and the process that belongs to this sandbox. */
function wrongGuest({ runtime }: CellFacts, { guest, host }: Observation): string | undefined {
  const facts = runtimeFacts(runtime.name).guest;
  if (facts === undefined || guest === undefined || host === undefined) return undefined;
  if (guest.bootId === host.bootId) return `the container runs on the host's kernel ${guest.kernel}, planned was ${facts.kernel}`;
  // A VMM that is a part of the shim has no process of its own.
  if (runtime.vmm !== undefined && vmmFacts(runtime.vmm).program === undefined) return undefined;
  if (host.processes.some(({ role }) => role === facts.process)) return undefined;
  return `no ${facts.process === 'vmm' ? 'VMM' : facts.process} process on the host belongs to this sandbox`;
}

function short(sha256: string): string {
  return sha256.slice(0, 12) || 'none';
}
