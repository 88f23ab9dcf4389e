import { handlerVariants } from '../../suite/scenario.ts';
import { inRange } from '../../model/version.ts';
import { parseToml, writeToml, type TomlTable, type TomlValue } from '../../util/toml.ts';
import { cniConfiguration } from '../cni.ts';
import { cannotRun, knownKeys } from './facts.ts';
import { configurable, logLevel, type EngineDriver, type EngineSpec, type Handler, type Scalar } from '../engine.ts';
import { flatten } from '../flatten.ts';

const bridge = 'pp-crio';

/**
 * Otherwise the storage is a private mount, and a shim with a mount namespace of its own never sees what is mounted below. No
 * more than Kata needs it: before 1.33 a pod in a user namespace has an empty root with it, as the id-mapped copy of the layers
 * shares mounts with the host and takes the pod's along when it is let go (containers/storage pkg/idmap CreateIDMappedMount).
 */
const seenByShims = 'overlay.skip_mount_home=true';

/**
 * CRI-O with one main file and a drop-in directory that is never made, so that nothing of the machine's /etc is read.
 * What stands here is for today's version; facts.ts says what older ones do not know of it.
 */
export const crioDriver: EngineDriver = {
  configure(spec) {
    const { directory } = spec;
    const state = `${directory}/state`;
    const socket = `${state}/crio.sock`;
    const file = `${directory}/crio.conf`;
    const runtime = runtimeTable(spec, state);
    const storage = { root: `${directory}/root`, runroot: `${state}/storage` };
    const config = ofVersion(spec.version, {
      crio: {
        ...storage,
        storage_driver: 'overlay',
        ...(spec.handlers.some(({ kata }) => kata !== undefined) ? { storage_option: [seenByShims] } : {}),
        log_dir: `${directory}/logs`,
        version_file: `${state}/version`,
        version_file_persist: `${directory}/root/version`,
        clean_shutdown_file: `${directory}/root/clean.shutdown`,
        internal_wipe: false,
        api: { listen: socket },
        runtime,
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
    return {
      files: {
        [file]: writeToml(config),
        [`${directory}/policy.json`]: JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }),
        [`${directory}/registries.conf`]: writeToml({ registry: [{ location: spec.registry, insecure: true }] }),
        // Options of the machine's storage.conf would be merged into ours (pkg/config/config.go UpdateFromDropInFile).
        [`${directory}/storage.conf`]: writeToml({
          storage: { driver: 'overlay', graphroot: storage.root, runroot: storage.runroot },
        }),
        [`${directory}/cni/net.d/10-podproof.conflist`]: cniConfiguration(directory, bridge),
        ...Object.fromEntries(
          spec.handlers.flatMap(({ kata }) => (kata === undefined ? [] : [[kata.configPath, kata.configuration]])),
        ),
      },
      argv: [binary(spec, 'crio'), '-c', file, '-d', `${directory}/crio.conf.d`],
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        CONTAINER_REGISTRIES_CONF: `${directory}/registries.conf`,
        CONTAINER_REGISTRIES_CONF_DIR: `${directory}/registries.conf.d`,
        CONTAINERS_STORAGE_CONF: `${directory}/storage.conf`,
      },
      socket,
      log: `${directory}/crio.log`,
      planned: relative(config),
      runtimeState: `${state}/oci/{id}`,
      shimMark: socket,
      bridge,
    };
  },

  reasonNot(spec, { name, kata, runtime }) {
    const why = cannotRun[runtime.name];
    if (why !== undefined) return why;
    if (kata === undefined || knowsKey(spec.version, 'runtime_config_path')) return undefined;
    return `CRI-O ${spec.version} has no runtime_config_path, by which the handler "${name}" names its configuration`;
  },

  // The verbose Status has the configuration only since 1.33 (server/runtime_status.go), this has it in every version.
  configPath: '/config',

  effective: ({ info }) => relative(withFalse(parseToml(info['config'] ?? ''))),

  runtimePath(effective, handler) {
    return String(effective[`runtimes.${handler.name}.runtime_path`] ?? '');
  },

  reader: {
    plan(binary, directory, { text }) {
      const file = `${directory}/crio.conf`;
      return { files: { [file]: text }, print: [binary, '--config', file, '--config-dir', '', 'config'] };
    },
    // Defaults are printed as comments (pkg/config/template.go), so that what is not there is not set.
    printed: (text) => relative(withFalse(parseToml(text))),
    wanted: (text) => relative(parseToml(text)),
  },

  reasonDropped(log, handler) {
    const start = `Runtime handler "${handler.name}" is being ignored due to: `;
    const messages = [...log.matchAll(/ msg=("(?:[^"\\]|\\.)*")/g)].map(([, quoted = '""']) => unquoted(quoted));
    return messages.findLast((message) => message.startsWith(start));
  },
};

function runtimeTable(spec: EngineSpec, state: string): TomlTable {
  return {
    log_level: logLevel(spec),
    cgroup_manager: spec.options.cgroupDriver,
    conmon: binary(spec, 'conmon'),
    // Its own defaults: with cgroupfs it takes nothing else, with systemd a slice (cri-o v1.36.3 pkg/config/config.go).
    conmon_cgroup: spec.options.cgroupDriver === 'cgroupfs' ? 'pod' : 'system.slice',
    pinns_path: binary(spec, 'pinns'),
    // The empty string would load CRI-O's own profile into the host's kernel (internal/config/apparmor).
    apparmor_profile: 'unconfined',
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
    default_runtime: spec.handlers[0]?.name ?? 'runc',
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
function binary(spec: EngineSpec, name: string): string {
  const path = spec.binaries[name] ?? spec.binaries[`crio-${name}`];
  if (path === undefined) throw new Error(`Cannot configure CRI-O ${spec.version}: its artifact has no executable "${name}"`);
  return path;
}

/** Flat keys: those of [crio.runtime] relative to it, those of the other tables relative to [crio]. */
function relative(config: TomlTable): Record<string, Scalar> {
  const { runtime, ...rest } = tables(config['crio']);
  return flatten({ ...rest, ...tables(runtime) });
}

/** CRI-O leaves this out where it is false (pkg/config/config.go RuntimeHandler, omitempty; v1.24.6 pkg/config/template.go). */
function withFalse(config: TomlTable): TomlTable {
  for (const handler of Object.values(tables(tables(tables(config['crio'])['runtime'])['runtimes'])))
    tables(handler)['privileged_without_host_devices'] ??= false;
  return config;
}

/** A table, or an empty one for anything else. */
function tables(value: unknown): TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as TomlTable) : {};
}

/** The text of a string that Go quoted; what JSON does not know stays as it is. */
function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}

function knowsKey(version: string, key: string): boolean {
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
