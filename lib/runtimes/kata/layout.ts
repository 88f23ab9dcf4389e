import { inRange } from '../../model/version.ts';

/** Where a release of Kata has the configuration template of a shim and a VMM, as matrix.json names them. */
interface Template {
  shim: 'go' | 'rust';
  vmm: string;
  /** Versions as `>=3.3.0 <3.4.0`. */
  versions: string;
  /** Relative to share/defaults/kata-containers. */
  file: string;
}

/** Read at kata-containers tags 2.0.0 to 4.1.0: src/runtime/config, src/runtime-rs/config, src/runtime-rs/Makefile (CONFDIR). */
const templates: readonly Template[] = [
  { shim: 'go', vmm: 'qemu', versions: '>=2.0.0', file: 'configuration-qemu.toml' },
  { shim: 'go', vmm: 'clh', versions: '>=2.0.0', file: 'configuration-clh.toml' },
  { shim: 'go', vmm: 'firecracker', versions: '>=2.0.0', file: 'configuration-fc.toml' },
  { shim: 'go', vmm: 'stratovirt', versions: '>=3.3.0', file: 'configuration-stratovirt.toml' },
  // Until 3.3.0 runtime-rs had its template beside those of the Go shim.
  { shim: 'rust', vmm: 'dragonball', versions: '>=3.0.0 <3.3.0', file: 'configuration-dragonball.toml' },
  { shim: 'rust', vmm: 'dragonball', versions: '>=3.3.0', file: 'runtime-rs/configuration-dragonball.toml' },
  { shim: 'rust', vmm: 'qemu', versions: '>=3.3.0 <3.4.0', file: 'runtime-rs/configuration-qemu.toml' },
  { shim: 'rust', vmm: 'qemu', versions: '>=3.4.0', file: 'runtime-rs/configuration-qemu-runtime-rs.toml' },
  { shim: 'rust', vmm: 'clh', versions: '>=3.3.0 <3.30.0', file: 'runtime-rs/configuration-cloud-hypervisor.toml' },
  { shim: 'rust', vmm: 'clh', versions: '>=3.30.0', file: 'runtime-rs/configuration-clh-runtime-rs.toml' },
  { shim: 'rust', vmm: 'firecracker', versions: '>=3.7.0', file: 'runtime-rs/configuration-rs-fc.toml' },
  { shim: 'rust', vmm: 'openvmm', versions: '>=4.1.0', file: 'runtime-rs/configuration-openvmm-azure-runtime-rs.toml' },
];

/** The template of this version, relative to the prefix; undefined where that release has none. */
export function kataTemplate(release: { version: string; shim: 'go' | 'rust'; vmm: string }): string | undefined {
  const row = templates.find(
    ({ shim, vmm, versions }) => shim === release.shim && vmm === release.vmm && inRange(release.version, versions),
  );
  return row === undefined ? undefined : `share/defaults/kata-containers/${row.file}`;
}
