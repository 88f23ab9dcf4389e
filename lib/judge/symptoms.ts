import type { Outcome } from '../model/outcome.ts';

/** Failures that say nothing about a question: the emulator's or the guest boot's own. Each is tried once more and marked. */
const symptoms: ReadonlyArray<{ pattern: RegExp; says: string }> = [
  {
    // lib/run/lost-guest.ts: the words of podproof, after those of the engine.
    pattern: /\bits VMM was gone for \d+ s, and podproof ended the shim \d+ that waited on$/,
    says: 'the guest died while it booted: its VMM was gone, and its shim went on waiting',
  },
  {
    pattern: /\bits guest was silent for \d+ s, and podproof ended the shim \d+ that waited on$/,
    says: 'the guest stayed silent far longer than others of its cell took to boot',
  },
  {
    // A nested guest now and then never answers; dial_timeout 45 or 120 alike, and a second try works (measured).
    // Go: virtcontainers/pkg/agent/protocols/client/client.go; runtime-rs: crates/agent/src/sock/{vsock,hybrid_vsock}.rs.
    pattern: /timed out connecting to (hybrid )?vsock|Failed to Check if grpc server is working|\bvsock: failed to connect to /,
    says: 'the guest never answered on vsock',
  },
  {
    // A guest, or its shim, that is lost in the middle of a request (measured; containerd ttrpc errors.go ErrClosed).
    pattern: /\bttrpc: closed\b/,
    says: 'the guest was lost in the middle of a request',
  },
  {
    // lib/probe/observe.ts: the words of podproof.
    pattern: /; its sandbox ended while it was probed$/,
    says: 'the guest was lost while it was probed: its shim ended the sandbox',
  },
  {
    // A static-key patch seen half-way by another CPU: multi-threaded emulation of QEMU 7.2, not the runtime.
    pattern: /Oops: int3/,
    says: 'the emulator died: Oops int3',
  },
];

/** What an outcome shows of the harness's own trouble, in words, or undefined. */
export function symptomOf(outcome: Outcome): string | undefined {
  const text = outcome.kind === 'refused' ? outcome.message : outcome.kind === 'host-lost' ? outcome.consoleTail : '';
  return symptoms.find(({ pattern }) => pattern.test(text))?.says;
}

/** Whether this outcome is worth a second try, alone. */
export function worthRetry(outcome: Outcome): boolean {
  return (
    outcome.kind === 'error' ||
    (outcome.kind === 'host-lost' && !outcome.repeated) ||
    (outcome.kind === 'refused' && symptomOf(outcome) !== undefined)
  );
}
