import { hasFeature } from '../suite/requirement.ts';
import { handlerVariants } from '../suite/scenario.ts';
import { writeToml, type TomlTable } from '../util/toml.ts';
import type { EngineConfig, EngineDriver, EngineSpec, Handler, Scalar } from './engine.ts';
import { cniConfiguration } from './cni.ts';
import { flatten, inSpellingOf } from './flatten.ts';

/** Made with a fixed address before the daemon starts: udev's rewriting of a new bridge's MAC makes the plugin's check fail now and then. */
const bridge = 'pp-containerd';

/**
 * containerd with schema 2, which every version from 1.3 to 2.3 accepts. Every table is written in full, as versions
 * merge maps differently: 1.5 to 1.7 re-make the whole `runtimes` map (vendored pelletier/go-toml marshal.go).
 */
export const containerd: EngineDriver = {
  configure(spec) {
    const socket = `${spec.directory}/state/c.sock`;
    const runtimeRoot = `${spec.directory}/state/oci`;
    const cri = criTable(spec, runtimeRoot);
    const plugins: TomlTable = {
      'io.containerd.grpc.v1.cri': cri,
      // Its default is /opt/containerd, whose bin directory would be put before ours on the PATH.
      'io.containerd.internal.v1.opt': { path: `${spec.directory}/opt` },
    };
    if (hasFeature(spec, 'nri-plugin')) plugins['io.containerd.nri.v1.nri'] = { disable: true };
    const config: TomlTable = {
      version: 2,
      root: `${spec.directory}/root`,
      state: `${spec.directory}/state`,
      // Otherwise a CRI plugin that does not load leaves a daemon that runs and answers nothing.
      required_plugins: ['io.containerd.grpc.v1.cri'],
      grpc: { address: socket },
      plugins,
    };
    const file = `${spec.directory}/config.toml`;
    const binary = spec.binaries['containerd'];
    if (binary === undefined)
      throw new Error(`Cannot configure containerd ${spec.version}: its artifact has no executable "containerd"`);
    return {
      files: {
        [file]: writeToml(config),
        [`${spec.directory}/certs.d/${spec.registry}/hosts.toml`]: writeToml({
          server: `http://${spec.registry}`,
          host: { [`http://${spec.registry}`]: { capabilities: ['pull', 'resolve'], skip_verify: true } },
        }),
        [`${spec.directory}/cni/net.d/10-podproof.conflist`]: cniConfiguration(spec.directory, bridge),
        ...Object.fromEntries(
          spec.handlers.flatMap(({ kata }) => (kata === undefined ? [] : [[kata.configPath, kata.configuration]])),
        ),
      },
      argv: [binary, '--config', file, '--log-level', 'info'],
      // The shim is looked up on the PATH first, then beside the daemon (containerd A5: runtime/v2 shim lookup).
      env: { PATH: `${binary.slice(0, binary.lastIndexOf('/'))}:/usr/sbin:/usr/bin:/sbin:/bin` },
      socket,
      log: `${spec.directory}/containerd.log`,
      planned: plannedKeys(spec, cri),
      runtimeState: `${runtimeRoot}/k8s.io/{id}`,
      shimMark: socket,
      bridge,
    };
  },

  effective(info, planned) {
    return inSpellingOf(flatten(JSON.parse(info['config'] ?? '{}')), planned);
  },

  runtimePath(effective, handler) {
    const key = handler.runtime.name === 'kata' ? 'runtime_path' : 'options.BinaryName';
    return String(effective[`containerd.runtimes.${handler.name}.${key}`] ?? '');
  },
};

function criTable(spec: EngineSpec, runtimeRoot: string): TomlTable {
  const table: TomlTable = {
    sandbox_image: spec.pauseImage,
    disable_apparmor: true,
    tolerate_missing_hugetlb_controller: true,
    containerd: {
      snapshotter: 'overlayfs',
      default_runtime_name: spec.handlers[0]?.name ?? 'runc',
      runtimes: Object.fromEntries(spec.handlers.map((handler) => [handler.name, runtimeTable(spec, handler, runtimeRoot)])),
    },
    cni: { bin_dir: spec.cniPlugins, conf_dir: `${spec.directory}/cni/net.d` },
    registry: { config_path: `${spec.directory}/certs.d` },
  };
  if (hasFeature(spec, 'device-ownership')) table['device_ownership_from_security_context'] = spec.options.deviceOwnership;
  if (hasFeature(spec, 'cdi')) {
    table['enable_cdi'] = spec.options.cdi;
    table['cdi_spec_dirs'] = [spec.cdiDirectory];
  }
  if (hasFeature(spec, 'private-netns-directory')) table['netns_mounts_under_state_dir'] = true;
  return table;
}

function runtimeTable(spec: EngineSpec, handler: Handler, runtimeRoot: string): TomlTable {
  const { hostDevices } = handlerVariants[handler.variant];
  const table: TomlTable = {
    ...(handler.kata === undefined
      ? { runtime_type: 'io.containerd.runc.v2', options: { BinaryName: handler.path, Root: runtimeRoot, SystemdCgroup: false } }
      : {
          runtime_type: 'io.containerd.kata.v2',
          runtime_path: handler.path,
          // Without it no annotation reaches the shim (kata-containers issue 7093).
          pod_annotations: ['io.katacontainers.*'],
          options: { ConfigPath: handler.kata.configPath },
        }),
    privileged_without_host_devices: hostDevices !== 'passed',
  };
  if (hasFeature(spec, 'all-devices-allowed')) {
    table['privileged_without_host_devices_all_devices_allowed'] = hostDevices === 'all-allowed';
  }
  return table;
}

/** The keys that rules rely on; the rest of the table is plumbing. */
const reliedOn =
  /^(device_ownership_from_security_context|enable_cdi|containerd\.runtimes\.[^.]+\.(privileged_.*|runtime_type|runtime_path|options\.BinaryName))$/;

function plannedKeys(spec: EngineSpec, cri: TomlTable): EngineConfig['planned'] {
  const flat: Record<string, Scalar> = flatten(cri);
  return Object.fromEntries(Object.entries(flat).filter(([key]) => reliedOn.test(key)));
}
