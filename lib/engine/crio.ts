import { hasFeature } from '../suite/requirement.ts';
import { handlerVariants } from '../suite/scenario.ts';
import { parseToml, writeToml, type TomlTable } from '../util/toml.ts';
import { cniConfiguration } from './cni.ts';
import { configurable, type EngineConfig, type EngineDriver, type EngineSpec, type Handler } from './engine.ts';
import { flatten } from './flatten.ts';

const bridge = 'pp-crio';

/**
 * CRI-O with one main file and a drop-in directory that is never made, so that nothing of the machine's /etc is read.
 * Keys that a version does not know are ignored by it (cri-o pkg/config/config.go UpdateFromDropInFile), so plumbing
 * stands here for all versions, and what rules rely on is read back.
 */
export const crio: EngineDriver = {
  configure(spec) {
    const { directory } = spec;
    const state = `${directory}/state`;
    const socket = `${state}/crio.sock`;
    const file = `${directory}/crio.conf`;
    const runtime = runtimeTable(spec, state);
    const storage = { root: `${directory}/root`, runroot: `${state}/storage` };
    const config: TomlTable = {
      crio: {
        ...storage,
        storage_driver: 'overlay',
        // Otherwise the storage is a private mount, and a shim with a mount namespace of its own never sees what is mounted below.
        storage_option: ['overlay.skip_mount_home=true'],
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
    };
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
      planned: plannedKeys(runtime),
      runtimeState: `${state}/oci/{id}`,
      shimMark: socket,
      bridge,
    };
  },

  // The verbose Status has the configuration only since 1.33 (server/runtime_status.go), this has it in every version.
  configPath: '/config',

  effective(info) {
    const { runtime } = tables(parseToml(info['config'] ?? '')['crio']);
    const { runtimes, ...rest } = tables(runtime);
    // CRI-O leaves a false out (pkg/config/config.go RuntimeHandler, omitempty).
    const handlers = Object.entries(tables(runtimes)).map(([name, handler]) => [
      name,
      { privileged_without_host_devices: false, ...tables(handler) },
    ]);
    return flatten({ ...rest, runtimes: Object.fromEntries(handlers) });
  },

  runtimePath(effective, handler) {
    return String(effective[`runtimes.${handler.name}.runtime_path`] ?? '');
  },

  whyDropped(log, handler) {
    const start = `Runtime handler "${handler.name}" is being ignored due to: `;
    const messages = [...log.matchAll(/ msg=("(?:[^"\\]|\\.)*")/g)].map(([, quoted = '""']) => unquoted(quoted));
    return messages.findLast((message) => message.startsWith(start));
  },
};

function runtimeTable(spec: EngineSpec, state: string): TomlTable {
  const table: TomlTable = {
    log_level: 'info',
    cgroup_manager: 'cgroupfs',
    conmon: binary(spec, 'conmon'),
    conmon_cgroup: 'pod',
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
    cdi_spec_dirs: spec.options.cdi ? [spec.cdiDirectory] : [],
    default_runtime: spec.handlers[0]?.name ?? 'runc',
    runtimes: Object.fromEntries(configurable(spec).map((handler) => [handler.name, handlerTable(handler, state)])),
  };
  if (hasFeature(spec, 'device-ownership')) table['device_ownership_from_security_context'] = spec.options.deviceOwnership;
  return table;
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

/** The keys that rules rely on; the rest of the table is plumbing. */
const reliedOn =
  /^(device_ownership_from_security_context|runtimes\.[^.]+\.(privileged_without_host_devices|runtime_(type|path|config_path)))$/;

function plannedKeys(runtime: TomlTable): EngineConfig['planned'] {
  return Object.fromEntries(Object.entries(flatten(runtime)).filter(([key]) => reliedOn.test(key)));
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
