import { inRange } from '../../model/version.ts';
import { handlerVariants } from '../../suite/handler.ts';
import type { TomlTable, TomlValue } from '../../util/toml.ts';
import { configurable, defaultHandler, logLevel, type EngineSpec, type Handler } from '../engine.ts';
import { crio, knownKeys } from './facts.ts';

/**
 * Otherwise the storage is a private mount, and a shim with a mount namespace of its own never sees what is mounted below. No
 * more than Kata needs it: before 1.33 a pod in a user namespace has an empty root with it, as the id-mapped copy of the layers
 * shares mounts with the host and takes the pod's along when it is let go (containers/storage pkg/idmap CreateIDMappedMount).
 */
const seenByShims = 'overlay.skip_mount_home=true';

/** Where CRI-O keeps layers and containers. */
export interface CrioStorage {
  root: string;
  runroot: string;
}

/** The main file as this version knows it. `state` is its directory for what does not outlive it. */
export function crioConfig(spec: EngineSpec, state: string, storage: CrioStorage): TomlTable {
  const { directory } = spec;
  return ofVersion(spec.version, {
    crio: {
      ...storage,
      storage_driver: 'overlay',
      ...(spec.handlers.some(({ kata }) => kata !== undefined) ? { storage_option: [seenByShims] } : {}),
      log_dir: `${directory}/logs`,
      version_file: `${state}/version`,
      version_file_persist: `${directory}/root/version`,
      clean_shutdown_file: `${directory}/root/clean.shutdown`,
      internal_wipe: false,
      api: { listen: `${state}/crio.sock` },
      runtime: runtimeTable(spec, state),
      image: {
        pause_image: spec.pauseImage,
        pause_command: '/pause',
        signature_policy: `${directory}/policy.json`,
        signature_policy_dir: `${directory}/policies`,
        namespaced_auth_dir: `${directory}/auth`,
      },
      network: { network_dir: `${directory}/cni/net.d`, plugin_dirs: [spec.cniPlugins] },
      nri: { enable_nri: false },
    },
  });
}

function runtimeTable(spec: EngineSpec, state: string): TomlTable {
  return {
    log_level: logLevel(spec),
    cgroup_manager: spec.options.cgroupDriver,
    conmon: binary(spec, 'conmon'),
    // Its own defaults: with cgroupfs it takes nothing else, with systemd a slice (cri-o v1.36.3 pkg/config/config.go).
    conmon_cgroup: spec.options.cgroupDriver === 'cgroupfs' ? 'pod' : 'system.slice',
    pinns_path: binary(spec, 'pinns'),
    // The empty string would load CRI-O's own profile into the host's kernel (internal/config/apparmor).
    apparmor_profile: spec.options.appArmor ? crio.defaultProfile : 'unconfined',
    selinux: false,
    hooks_dir: [`${spec.directory}/hooks.d`],
    default_mounts_file: `${spec.directory}/mounts.conf`,
    irqbalance_config_restore_file: 'disable',
    container_exits_dir: `${state}/exits`,
    container_attach_socket_dir: `${state}/attach`,
    namespaces_dir: `${state}/ns`,
    // Without it CRI-O ends where neither iptables nor nft is on the PATH.
    disable_hostport_mapping: true,
    drop_infra_ctr: true,
    cdi_spec_dirs: spec.options.cdi ? [spec.cdiDirectory] : [],
    default_runtime: defaultHandler(spec)?.name ?? 'runc',
    runtimes: Object.fromEntries(configurable(spec).map((handler) => [handler.name, handlerTable(handler, state)])),
    device_ownership_from_security_context: spec.options.deviceOwnership,
  };
}

function handlerTable(handler: Handler, state: string): TomlTable {
  return {
    runtime_path: handler.path,
    ...(handler.kata === undefined
      ? { runtime_type: 'oci', runtime_root: `${state}/oci` }
      : { runtime_type: 'vm', runtime_root: `${state}/vm`, runtime_config_path: handler.kata.configPath }),
    privileged_without_host_devices: handlerVariants[handler.variant].hostDevices !== 'passed',
  };
}

/** Bundles of the first half of 2024 call their conmon `crio-conmon`. */
export function binary(spec: EngineSpec, name: string): string {
  const path = spec.binaries[name] ?? spec.binaries[`crio-${name}`];
  if (path === undefined) throw new Error(`Cannot configure CRI-O ${spec.version}: its artifact has no executable "${name}"`);
  return path;
}

export function knowsKey(version: string, key: string): boolean {
  const ranges = Object.hasOwn(knownKeys, key) ? knownKeys[key] : undefined;
  return ranges === undefined || ranges.some((range) => inRange(version, range));
}

/** The configuration without what this version does not know, and without tables that have nothing left. */
function ofVersion(version: string, table: TomlTable): TomlTable {
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
