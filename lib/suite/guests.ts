/** Runtimes whose containers run on a kernel of their own, whose /dev is made there: in a VM, or in gVisor's sentry. */
const guests: readonly string[] = ['kata', 'runsc'];

export function hasGuest(runtime: { name: string }): boolean {
  return guests.includes(runtime.name);
}
