import { hasFeature } from '../../model/feature.ts';
import { handlerVariants } from '../../suite/handler.ts';
import type { TomlTable } from '../../util/toml.ts';
import { defaultHandler, type EngineSpec, type Handler } from '../engine.ts';
import { runscConfigPath } from '../../runtimes/runsc/configuration.ts';
import { requiredPlugins, snapshotterTables } from './snapshotter.ts';

/** Places of a private instance that its configuration names. */
export interface ContainerdPlaces {
  /** The gRPC socket; ttrpc's is beside it. */
  socket: string;
  /** Where OCI runtimes keep the state of containers. */
  runtimeRoot: string;
}

/** A configuration, and which of its tables the verbose Status of the CRI shows when it is in force. */
export interface ContainerdConfig {
  table: TomlTable;
  shown: string;
}

/**
 * The configuration in the newest schema that the version documents, every table in full, as versions merge maps
 * differently: 1.5 to 1.7 re-make the whole `runtimes` map (vendored pelletier/go-toml marshal.go).
 */
export function containerdConfig(spec: EngineSpec, places: ContainerdPlaces): ContainerdConfig {
  if (hasFeature(spec, 'schema-4')) return schema4(spec, places);
  return hasFeature(spec, 'schema-3') ? schema3(spec, places) : schema2(spec, places);
}

const server = 'io.containerd.grpc.v1.cri';

/** Schema 2, containerd 1.3 on: one table for all of the CRI. */
function schema2(spec: EngineSpec, places: ContainerdPlaces): ContainerdConfig {
  const { containerd, ...runtime } = runtimeService(spec, places.runtimeRoot);
  const cri: TomlTable = {
    ...runtime,
    sandbox_image: spec.pauseImage,
    containerd: { ...containerd, snapshotter: spec.options.snapshotter },
    registry: hasFeature(spec, 'registry-config-path')
      ? { config_path: certificates(spec) }
      : { mirrors: { [spec.registry]: { endpoint: [`http://${spec.registry}`] } } },
  };
  const plugins = { ...otherPlugins(spec), [server]: cri };
  return { table: { version: 2, ...daemon(spec, [server]), ...sockets(places), plugins }, shown: `plugins.${server}` };
}

/** Schema 3, containerd 2.0 on: runtime and images are services of their own, and the pause image is a pinned one. */
function schema3(spec: EngineSpec, places: ContainerdPlaces): ContainerdConfig {
  const runtime = 'io.containerd.cri.v1.runtime';
  const plugins = {
    ...otherPlugins(spec),
    [runtime]: runtimeService(spec, places.runtimeRoot),
    'io.containerd.cri.v1.images': {
      snapshotter: spec.options.snapshotter,
      pinned_images: { sandbox: spec.pauseImage },
      registry: { config_path: certificates(spec) },
    },
  };
  return { table: { version: 3, ...daemon(spec, [server, runtime]), ...sockets(places), plugins }, shown: `plugins.${runtime}` };
}

/**
 * Schema 4, containerd 2.3 on: the sockets are plugins. Each is written, as an omitted ttrpc is the machine's own
 * /run/containerd/containerd.sock.ttrpc, however private gRPC's is (cmd/containerd/server/config/config.go serviceMigrate).
 */
function schema4(spec: EngineSpec, places: ContainerdPlaces): ContainerdConfig {
  const { table, shown } = schema3(spec, places);
  const { grpc, ttrpc, plugins, ...rest } = table;
  const asPlugins = Object.entries({ grpc, ttrpc }).map(([name, value]) => [`io.containerd.server.v1.${name}`, value]);
  return { table: { ...rest, version: 4, plugins: { ...(plugins as TomlTable), ...Object.fromEntries(asPlugins) } }, shown };
}

/** Directory of the hosts.toml files. */
export function certificates(spec: EngineSpec): string {
  return `${spec.directory}/certs.d`;
}

/** Without `required_plugins` a CRI plugin that does not load leaves a daemon that runs and answers nothing. */
function daemon(spec: EngineSpec, required: string[]): TomlTable {
  const plugins = [...required, ...requiredPlugins(spec)];
  return { root: `${spec.directory}/root`, state: `${spec.directory}/state`, required_plugins: plugins };
}

function sockets({ socket }: ContainerdPlaces): { grpc: TomlTable; ttrpc: TomlTable } {
  return { grpc: { address: socket }, ttrpc: { address: `${socket}.ttrpc` } };
}

function otherPlugins(spec: EngineSpec): TomlTable {
  return {
    ...snapshotterTables(spec),
    // Its default is /opt/containerd, whose bin directory would be put before ours on the PATH.
    'io.containerd.internal.v1.opt': { path: `${spec.directory}/opt` },
    ...(hasFeature(spec, 'nri-plugin')
      ? { 'io.containerd.nri.v1.nri': { disable: true, socket_path: `${spec.directory}/state/nri.sock` } }
      : {}),
  };
}

/** What schema 3 calls the runtime service: all of the CRI's configuration but images and streaming. */
function runtimeService(spec: EngineSpec, runtimeRoot: string): TomlTable & { containerd: TomlTable } {
  return {
    disable_apparmor: !spec.options.appArmor,
    ...(hasFeature(spec, 'missing-hugetlb-controller') ? { tolerate_missing_hugetlb_controller: true } : {}),
    // Else the machine's own processes would be killed before a pause container; it takes a capability that not every machine gives.
    ...(spec.sharesKernel === true ? { restrict_oom_score_adj: true } : {}),
    ...(hasFeature(spec, 'private-netns-directory') ? { netns_mounts_under_state_dir: true } : {}),
    ...(hasFeature(spec, 'device-ownership') ? { device_ownership_from_security_context: spec.options.deviceOwnership } : {}),
    ...(hasFeature(spec, 'cdi-switch') ? { enable_cdi: spec.options.cdi } : {}),
    ...(hasFeature(spec, 'cdi') ? { cdi_spec_dirs: [spec.cdiDirectory] } : {}),
    containerd: {
      default_runtime_name: defaultHandler(spec)?.name ?? 'runc',
      runtimes: Object.fromEntries(spec.handlers.map((handler) => [handler.name, runtimeTable(spec, handler, runtimeRoot)])),
    },
    cni: {
      ...(hasFeature(spec, 'cni-bin-dirs') ? { bin_dirs: [spec.cniPlugins] } : { bin_dir: spec.cniPlugins }),
      conf_dir: `${spec.directory}/cni/net.d`,
    },
  };
}

function runtimeTable(spec: EngineSpec, handler: Handler, runtimeRoot: string): TomlTable {
  const { hostDevices } = handlerVariants[handler.variant];
  return {
    ...shimTable(spec, handler, runtimeRoot),
    privileged_without_host_devices: hostDevices !== 'passed',
    ...(hasFeature(spec, 'all-devices-allowed')
      ? { privileged_without_host_devices_all_devices_allowed: hostDevices === 'all-allowed' }
      : {}),
  };
}

function shimTable(spec: EngineSpec, handler: Handler, runtimeRoot: string): TomlTable {
  const { path, kata, runscShim } = handler;
  const shim = (place: string): TomlTable => (hasFeature(spec, 'runtime-path') ? { runtime_path: place } : {});
  if (kata !== undefined) {
    return {
      runtime_type: 'io.containerd.kata.v2',
      ...shim(path),
      // Without it no annotation reaches the shim (kata-containers issue 7093).
      pod_annotations: ['io.katacontainers.*'],
      options: { ConfigPath: kata.configPath },
    };
  }
  if (runscShim !== undefined) {
    return {
      runtime_type: 'io.containerd.runsc.v1',
      ...shim(runscShim),
      options: { TypeUrl: 'io.containerd.runsc.v1.options', ConfigPath: runscConfigPath(spec, handler) },
    };
  }
  const options = { BinaryName: path, Root: runtimeRoot, SystemdCgroup: spec.options.cgroupDriver === 'systemd' };
  return { runtime_type: 'io.containerd.runc.v2', options };
}
