/** A version of an engine or a runtime, with the flavour of a runtime that comes in several. */
export interface Flavour {
  version: string;
  shim?: string | undefined;
  vmm?: string | undefined;
}

/** What names an engine or runtime version inside ids and picks: `1.7.24`, `3.30.0-go-qemu`. */
export function versionLabel(entry: Flavour): string {
  return [entry.version, entry.shim, entry.vmm].filter((part) => part !== undefined).join('-');
}

/** Whether `containerd`, `containerd@1.7.24`, `kata@3.30.0` (each shim and VMM), `kata@3.30.0-go-qemu` or `*` names this version. */
export function picks(pick: string, name: string, entry: Flavour): boolean {
  if (pick === '*') return true;
  const at = pick.indexOf('@');
  if (at < 0) return pick === name;
  const wanted = pick.slice(at + 1);
  return pick.slice(0, at) === name && (wanted === entry.version || wanted === versionLabel(entry));
}
