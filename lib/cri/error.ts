import { Code, ConnectError } from '@connectrpc/connect';

/**
 * The engine's answer to a call was an error, or it gave no answer before the deadline (DEADLINE_EXCEEDED); or the kubelet before it
 * refused a pod of its own accord (`Admission`, `kubelet`).
 */
export class CriError extends Error {
  override readonly name = 'CriError';
  /** Name of the method: `CreateContainer`. */
  readonly call: string;
  /** Status as gRPC spells it: UNKNOWN, NOT_FOUND, UNIMPLEMENTED. */
  readonly code: string;
  /** The engine's own words, unchanged. */
  readonly raw: string;
  constructor(call: string, code: string, raw: string) {
    super(`${call}: ${code}: ${raw}`);
    this.call = call;
    this.code = code;
    this.raw = raw;
  }
}

/** The engine's socket could not be reached, or the connection broke before an answer: says nothing about the pod. */
export class CriConnectionError extends Error {
  override readonly name = 'CriConnectionError';
  readonly call: string;
  constructor(call: string, message: string, cause: unknown) {
    super(`Cannot complete ${call}: ${message}`, { cause });
    this.call = call;
  }
}

/** `DeadlineExceeded` becomes DEADLINE_EXCEEDED; gRPC spells CANCELLED with two L. */
export function codeName(code: Code): string {
  if (code === Code.Canceled) return 'CANCELLED';
  return Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** Sorts what the transport threw. Only an answer of the engine carries the trailer grpc-status. `broken` is why the stream closed. */
export function criError(call: string, thrown: unknown, timeoutMs: number, broken?: Error): CriError | CriConnectionError {
  const error = ConnectError.from(thrown);
  if (error.metadata.has('grpc-status')) return new CriError(call, codeName(error.code), error.rawMessage);
  if (error.code === Code.DeadlineExceeded) {
    return new CriError(call, 'DEADLINE_EXCEEDED', `no answer within ${Math.round(timeoutMs / 100) / 10} s`);
  }
  return new CriConnectionError(call, broken?.message ?? error.rawMessage, thrown);
}
