import { inRange } from '../model/version.ts';

/** How an upstream project names one file of its releases, and since when. */
interface Row {
  name: string;
  /** Versions as `>=1.7 <2.0`. */
  versions: string;
  /** `{version}`, `{arch}` (amd64, arm64) and `{machine}` (x86_64, aarch64) are replaced; `{program}` by each of `programs`. */
  url: string;
  /** Published checksum file, of sha256 or sha512; without one the sha256 must stand in matrix.json. */
  sums?: string;
  /** Files that are the programs themselves, under these names; otherwise an archive. */
  programs?: readonly string[];
  shim?: 'go' | 'rust';
}

const containerd = 'https://github.com/containerd/containerd/releases/download/v{version}/';
const kata = 'https://github.com/kata-containers/kata-containers/releases/download/{version}/';
const crio = 'https://storage.googleapis.com/cri-o/artifacts/';
const gvisor = 'https://storage.googleapis.com/gvisor/releases/release/';
const cni = 'https://github.com/containernetworking/plugins/releases/download/v{version}/';
const oldCrio = 'https://storage.googleapis.com/k8s-conform-cri-o/artifacts/';

/** Read at the projects' release scripts, tag by tag. Static builds are taken where there are any: they run on every libc. */
const rows: readonly Row[] = [
  {
    name: 'containerd',
    versions: '>=1.3.0 <1.3.5',
    url: `${containerd}containerd-{version}.linux-{arch}.tar.gz`,
    sums: '{url}.sha256sum',
  },
  {
    name: 'containerd',
    versions: '>=1.3.5 <1.7.0-alpha',
    url: `${containerd}containerd-{version}-linux-{arch}.tar.gz`,
    sums: '{url}.sha256sum',
  },
  {
    name: 'containerd',
    versions: '>=1.7.0-alpha',
    url: `${containerd}containerd-static-{version}-linux-{arch}.tar.gz`,
    sums: '{url}.sha256sum',
  },
  { name: 'crio', versions: '>=1.18.0 <1.19.3', url: `${oldCrio}crio-v{version}.tar.gz` },
  { name: 'crio', versions: '>=1.19.3 <1.20.0', url: `${oldCrio}cri-o.{arch}.v{version}.tar.gz` },
  { name: 'crio', versions: '>=1.20.0 <1.20.3', url: `${oldCrio}crio-v{version}.tar.gz` },
  { name: 'crio', versions: '>=1.20.3 <1.22.0', url: `${oldCrio}cri-o.{arch}.v{version}.tar.gz` },
  { name: 'crio', versions: '>=1.22.0 <1.23.1', url: `${crio}cri-o.{arch}.v{version}.tar.gz` },
  { name: 'crio', versions: '>=1.23.1', url: `${crio}cri-o.{arch}.v{version}.tar.gz`, sums: '{url}.sha256sum' },
  { name: 'kata', versions: '>=2.0.0 <3.2.0', url: `${kata}kata-static-{version}-{machine}.tar.xz` },
  { name: 'kata', versions: '>=3.2.0 <3.21.0', url: `${kata}kata-static-{version}-{arch}.tar.xz` },
  { name: 'kata', versions: '>=3.21.0 <4.1.0', url: `${kata}kata-static-{version}-{arch}.tar.zst` },
  { name: 'kata', versions: '>=4.1.0', shim: 'go', url: `${kata}kata-go-static-{version}-{arch}.tar.zst` },
  { name: 'kata', versions: '>=4.1.0', shim: 'rust', url: `${kata}kata-static-{version}-{arch}.tar.zst` },
  {
    name: 'runc',
    versions: '>=1.0.0',
    url: 'https://github.com/opencontainers/runc/releases/download/v{version}/runc.{arch}',
    sums: 'https://github.com/opencontainers/runc/releases/download/v{version}/runc.sha256sum',
    programs: ['runc'],
  },
  {
    name: 'crun',
    versions: '>=1.0',
    url: 'https://github.com/containers/crun/releases/download/{version}/crun-{version}-linux-{arch}',
    programs: ['crun'],
  },
  // scripts/release.sh, since 1.9 .github/workflows/release.yaml. What was before has other names, and does not read our configuration.
  { name: 'cni', versions: '>=0.8.0', url: `${cni}cni-plugins-linux-{arch}-v{version}.tgz`, sums: '{url}.sha256' },
  // Until June 2026 gVisor published two programs, since then one archive with what they need beside them (g3doc/user_guide/install.md).
  {
    name: 'runsc',
    versions: '<20260701',
    url: `${gvisor}{version}/{machine}/{program}`,
    sums: '{url}.sha512',
    programs: ['runsc', 'containerd-shim-runsc-v1'],
  },
  { name: 'runsc', versions: '>=20260701', url: `${gvisor}{version}/{machine}/gvisor.tar.bz2`, sums: '{url}.sha512' },
];

/** One file of a release: an archive, or a program under its name. */
export interface ReleaseFile {
  url: string;
  sums?: string;
  program?: string;
}

const names: Partial<Record<string, { arch: string; machine: string }>> = {
  x64: { arch: 'amd64', machine: 'x86_64' },
  arm64: { arch: 'arm64', machine: 'aarch64' },
  s390x: { arch: 's390x', machine: 's390x' },
  ppc64: { arch: 'ppc64le', machine: 'ppc64le' },
};

/** Where upstream published this version for this machine's architecture; nothing when the table has no row for it. */
export function upstreamRelease(
  artifact: { name: string; version: string; shim?: 'go' | 'rust' },
  architecture: string = process.arch,
): ReleaseFile[] {
  const version = artifact.version.replace(/^v/, '');
  const row = rows.find(
    (each) =>
      each.name === artifact.name && inRange(version, each.versions) && (each.shim === undefined || each.shim === artifact.shim),
  );
  const names_ = names[architecture];
  if (row === undefined || names_ === undefined) return [];
  return (row.programs ?? [undefined]).map((program) => {
    const known: Record<string, string> = { version, program: program ?? '', ...names_ };
    const fill = (template: string): string => template.replace(/\{(\w+)\}/g, (_, key: string) => known[key] ?? '');
    const url = (known['url'] = fill(row.url));
    return { url, ...(row.sums === undefined ? {} : { sums: fill(row.sums) }), ...(program === undefined ? {} : { program }) };
  });
}
