/**
 * What QEMU said at its end, as one short clause for reasons; the whole is in its log and in the facts of the host.
 * An assertion is named by the function that it is in: assert(3), and GLib's g_assert.
 */
export function clause(said: string): string {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('Bail out!'));
  const last = (lines.at(-1) ?? '').replace(/^\S*qemu-system-\S+: /, '').trim();
  const asserted =
    /: (\w+): Assertion .* failed/.exec(last) ?? /ERROR:\S+:\d+:(\w+): (?:assertion failed|code should)/.exec(last);
  if (asserted !== null) return `an assertion failed in ${asserted[1]}`;
  return last.length > 100 ? `${last.slice(0, 99)}…` : last;
}
