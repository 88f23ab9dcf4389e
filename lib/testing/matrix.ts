import { Matrix } from '../model/matrix/matrix.ts';

/** A small matrix in which every kind of source, host and exclusion occurs; for unit tests. */
export const exampleText = `{
  "hosts": {
    "debian-12": { "kind": "vm", "suite": "bookworm" },
    "debian-13": { "kind": "vm", "suite": "trixie" },
    "metal": { "kind": "ssh", "destination": "metal-1", "disposable": true }
  },
  "engines": {
    "containerd": [
      { "version": "1.6.20", "source": { "kind": "deb", "suite": "bookworm", "packages": ["containerd"] } },
      { "version": "1.7.24", "source": { "kind": "deb", "suite": "trixie", "packages": ["containerd"] } },
      { "version": "2.3.4", "source": { "kind": "release" } }
    ],
    "crio": [{ "version": "1.36.3", "source": { "kind": "path" } }]
  },
  "runtimes": {
    "runc": [
      { "version": "1.1.5", "source": { "kind": "deb", "suite": "bookworm", "packages": ["runc"] } },
      { "version": "1.1.15", "source": { "kind": "deb", "suite": "trixie", "packages": ["runc"] } }
    ],
    "kata": [
      { "version": "3.30.0", "shim": "go", "vmm": "qemu", "source": { "kind": "path" } },
      { "version": "3.30.0", "shim": "rust", "vmm": "qemu", "source": { "kind": "path" } }
    ]
  },
  "exclude": [{ "engine": "crio", "runtime": "kata@3.30.0-rust-qemu", "why": "the rust shim is not tried under CRI-O here" }],
  "profiles": {
    "quick": {
      "title": "One cell",
      "hosts": ["debian-13"],
      "engines": ["containerd@1.7.24"],
      "runtimes": ["runc@1.1.15"],
      "suites": ["identity", "privileged"]
    },
    "all": {
      "title": "Everything",
      "hosts": ["debian-12", "debian-13", "metal"],
      "engines": ["*"],
      "runtimes": ["*"],
      "suites": ["identity", "privileged", "rootless-vmm"]
    }
  }
}
`;

/** The example, parsed anew, so that a test may change it. */
export function exampleMatrix(): Matrix {
  return Matrix.parse(JSON.parse(exampleText));
}
