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
