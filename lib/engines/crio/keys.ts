import type { TomlTable } from '../../util/toml.ts';
import type { Scalar } from '../engine.ts';
import { flatten } from '../flatten.ts';

/** Flat keys: those of [crio.runtime] relative to it, those of the other tables relative to [crio]. */
export function relative(config: TomlTable): Record<string, Scalar> {
  const { runtime, ...rest } = tables(config['crio']);
  return flatten({ ...rest, ...tables(runtime) });
}

/** CRI-O leaves this out where it is false (pkg/config/config.go RuntimeHandler, omitempty; v1.24.6 pkg/config/template.go). */
export function withFalse(config: TomlTable): TomlTable {
  for (const handler of Object.values(tables(tables(tables(config['crio'])['runtime'])['runtimes'])))
    tables(handler)['privileged_without_host_devices'] ??= false;
  return config;
}

/** A table, or an empty one for anything else. */
function tables(value: unknown): TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as TomlTable) : {};
}
