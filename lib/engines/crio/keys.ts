import { inRange } from '../../model/version.ts';
import type { TomlTable, TomlValue } from '../../util/toml.ts';

/**
 * Keys of ours that not every CRI-O since 1.20 knows, with the versions that do; a range for each line of backports.
 * Read at every release tag of cri-o pkg/config/config.go and internal/config/nri/nri.go. A key that a version does not
 * know is ignored without a word, so that one which is planned all the same could never be proven effective.
 */
const knownBy: Readonly<Record<string, readonly string[]>> = {
  clean_shutdown_file: ['>=1.19.4 <1.20.0', '>=1.20.5'],
  internal_wipe: ['>=1.20.4 <1.21.0', '>=1.21.1'],
  device_ownership_from_security_context: ['>=1.22.0'],
  runtime_config_path: ['>=1.22.0'],
  cdi_spec_dirs: ['>=1.24.0'],
  enable_nri: ['>=1.26.0'],
  irqbalance_config_restore_file: ['>=1.27.0'],
  signature_policy_dir: ['>=1.27.1'],
  disable_hostport_mapping: ['>=1.28.0'],
  namespaced_auth_dir: ['>=1.34.3'],
};

export function knowsKey(version: string, key: string): boolean {
  const ranges = Object.hasOwn(knownBy, key) ? knownBy[key] : undefined;
  return ranges === undefined || ranges.some((range) => inRange(version, range));
}

/** The configuration without what this version does not know, and without tables that have nothing left. */
export function ofVersion(version: string, table: TomlTable): TomlTable {
  const entries = Object.entries(table).flatMap(([key, value]): Array<[string, TomlValue]> => {
    if (!knowsKey(version, key)) return [];
    if (!isTable(value)) return [[key, value]];
    const left = ofVersion(version, value);
    return Object.keys(left).length === 0 ? [] : [[key, left]];
  });
  return Object.fromEntries(entries);
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value);
}
