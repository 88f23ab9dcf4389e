/** The binaries of one version of an engine, a runtime or the CNI plugins, resolved to a prefix directory of this machine. */
export interface Artifact {
  /** `containerd`, `runc`, `kata`, `cni`. */
  name: string;
  version: string;
  /** Prefix directory in the cache or, for `path`, where the user has it. Read only. */
  directory: string;
  /** Checksum over the sorted (path, mode, content) of every regular file and link of the prefix. */
  sha256: string;
  /** Where it came from, in words: `deb containerd=1.7.24~ds1-6+b4 of trixie`. */
  source: string;
  /** Executables found in the prefix by base name, as paths relative to `directory`: `{ runc: 'usr/sbin/runc' }`. */
  binaries: Record<string, string>;
}
