import type { KataSettings } from '../suite/scenario.ts';
import { parseToml, writeToml, type TomlTable, type TomlValue } from '../util/toml.ts';

/** The prefix that upstream compiles into its templates. */
const upstreamPrefix = '/opt/kata';

/** What every guest of ours gets: room for a shell, and time to boot where KVM itself is emulated. */
const guestMemoryMiB = 512;
const patienceSeconds = 150;

/**
 * One handler's own configuration file: the prefix's template with its paths moved to where the prefix is on the host, and
 * the settings of the variant. Keys by version: kata-containers 3.30.0 src/runtime/config, src/runtime-rs/config.
 */
export function kataConfiguration(template: string, prefix: string, shim: 'go' | 'rust', settings: KataSettings): string {
  const table = parseToml(template.replaceAll(upstreamPrefix, prefix));
  const hypervisor = firstTable(table['hypervisor'], 'hypervisor');
  hypervisor['default_memory'] = guestMemoryMiB;
  hypervisor['rootless'] = settings.rootless ?? false;
  if (settings.enableAnnotations !== undefined) {
    const enabled = Array.isArray(hypervisor['enable_annotations']) ? hypervisor['enable_annotations'] : [];
    hypervisor['enable_annotations'] = [...enabled, ...settings.enableAnnotations];
  }
  const agent = firstTable(table['agent'], 'agent');
  const runtime = asTable(table['runtime'], 'runtime');
  if (shim === 'go') agent['dial_timeout'] = patienceSeconds;
  else {
    agent['reconnect_timeout_ms'] = patienceSeconds * 1000;
    agent['create_container_timeout'] = patienceSeconds;
  }
  if (settings.hotPlugVfio !== undefined) {
    hypervisor['pcie_root_port'] = 2;
    // runtime-rs chooses the port by pcie_root_port alone since 3.29.0.
    if (shim === 'go') hypervisor['hot_plug_vfio'] = settings.hotPlugVfio;
  }
  if (settings.vfioMode !== undefined) runtime['vfio_mode'] = settings.vfioMode;
  // The line "loaded configuration" proves which file the shim read; it is logged at the level info or debug by version.
  runtime['enable_debug'] = true;
  return writeToml(table);
}

function firstTable(value: TomlValue | undefined, name: string): TomlTable {
  const [first] = Object.entries(asTable(value, name));
  if (first === undefined) throw new Error(`Cannot configure Kata: [${name}] of the template has no table below it`);
  return asTable(first[1], `${name}.${first[0]}`);
}

function asTable(value: TomlValue | undefined, name: string): TomlTable {
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Error(`Cannot configure Kata: the template has no table [${name}]`);
  return value;
}
