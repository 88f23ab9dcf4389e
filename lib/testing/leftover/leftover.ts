/** Something that outlived the run that made it. */
export interface Leftover {
  kind:
    | 'process'
    | 'socket'
    | 'mount'
    | 'loop device'
    | 'user'
    | 'network namespace'
    | 'link'
    | 'file'
    | 'key'
    | 'lock'
    | 'container'
    | 'ledger entry';
  what: string;
}

export function leftovers(kind: Leftover['kind'], list: readonly string[]): Leftover[] {
  return list.map((what) => ({ kind, what }));
}
