import { scalar } from './data.ts';
import { anything, among, boolean, either, list, nullable, number, object, optional, type Read, record, text } from './shape.ts';

/** What the drawer shows of an observation one by one; all of it is there as JSON too. */

const DeviceNode = object({
  path: text,
  type: text,
  major: optional(number),
  minor: optional(number),
  uid: number,
  gid: number,
  mode: text,
  target: optional(text),
});
export type DeviceNode = Read<typeof DeviceNode>;

/** A device of the OCI specification. */
const SpecDevice = object({
  path: text,
  type: text,
  major: number,
  minor: number,
  fileMode: optional(number),
  uid: optional(number),
  gid: optional(number),
});
export type SpecDevice = Read<typeof SpecDevice>;

const HostProcess = object({
  role: text,
  comm: text,
  pid: number,
  uids: list(number),
  gids: list(number),
  groups: list(number),
  capEff: text,
  noNewPrivs: number,
  seccomp: number,
});
export type HostProcess = Read<typeof HostProcess>;

const Outcome = either(
  object({ kind: among(['ran']) }),
  object({ kind: among(['refused']), call: text, code: text, message: text }),
  object({ kind: among(['host-lost']), message: text, consoleTail: text, lastCall: text, repeated: boolean }),
  object({ kind: among(['error']), message: text, stack: text }),
);
export type Outcome = Read<typeof Outcome>;

const Call = object({ call: text, startMs: number, durationMs: number, error: optional(object({ code: text, message: text })) });

const ReadConfig = object({ text, beside: optional(text), asked: list(text), wanted: record(scalar), effective: record(scalar) });
export type ReadConfig = Read<typeof ReadConfig>;

export const PodEvidence = object({
  lease: text,
  startMs: number,
  outcome: Outcome,
  request: object({ devices: list(object({ hostPath: text, containerPath: text, permissions: text })) }),
  spec: optional(object({ linux: optional(object({ devices: list(SpecDevice) })) })),
  guest: optional(
    object({ id: text, dev: list(DeviceNode), opens: list(object({ path: text, access: text, error: nullable(text) })) }),
  ),
  host: optional(object({ dev: list(DeviceNode), processes: list(HostProcess) })),
  leftovers: optional(object({ runtime: list(text) })),
  config: optional(ReadConfig),
  calls: list(Call),
  engineLog: text,
  replay: optional(object({ sandbox: record(anything), container: record(anything), probe: list(text) })),
});
export type PodEvidence = Read<typeof PodEvidence>;
