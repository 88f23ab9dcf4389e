import type { CgroupDriver } from '../model/cgroup-driver.ts';
import { kubeletHas } from '../cri/kubelet/facts.ts';
import { hasFeature } from '../model/feature.ts';

/** All that a standalone kubelet is made of. Paths are those on the host. */
export interface KubeletSpec {
  version: string;
  /** The attached executable. */
  binary: string;
  /** Private directory: configuration, certificates, pods, logs. */
  directory: string;
  /** Has to be the engine's. */
  cgroupDriver: CgroupDriver;
  /** CPUs that Guaranteed pods have for themselves are handed out by number. */
  cpuManager?: 'static';
}

/** Where a kubelet keeps what belongs to it. */
export interface KubeletPlaces {
  configuration: string;
  /** Every file in it is a static pod. */
  manifests: string;
  /** `--root-dir`: volumes of pods. */
  root: string;
  /** Logs of containers. */
  podLogs: string;
  /** The engine as it sees it. */
  engineSocket: string;
  log: string;
}

/** Fixed in every kubelet, wherever its root directory is (k8s.io/kubelet pkg/apis/deviceplugin/v1beta1/constants.go). */
export const devicePlugins = '/var/lib/kubelet/device-plugins';
export const pluginRegistration = `${devicePlugins}/kubelet.sock`;

/** Of its host's loopback, without TLS: GET /pods tells the status of every pod. */
export const readOnlyPort = 10_255;

export function kubeletPlaces({ version, directory }: Pick<KubeletSpec, 'version' | 'directory'>): KubeletPlaces {
  return {
    configuration: `${directory}/kubelet.json`,
    manifests: `${directory}/manifests`,
    root: `${directory}/root`,
    podLogs: hasFeature({ name: 'kubelet', version }, 'pod-logs-directory') ? `${directory}/logs` : '/var/log/pods',
    engineSocket: `${directory}/engine/engine.sock`,
    log: `${directory}/kubelet.log`,
  };
}

/** Gates that are opened where a version has them shut: the feature, and the name of its gate. */
const gates = [
  { feature: 'user-namespaces', gate: 'UserNamespacesSupport' },
  { feature: 'sidecars', gate: 'SidecarContainers' },
] as const;

/** What this kubelet does because its configuration opens a gate. */
export function openedGates({ version }: Pick<KubeletSpec, 'version'>): Array<(typeof gates)[number]> {
  return gates.filter(({ feature }) => !kubeletHas({ version }, feature));
}

/**
 * A KubeletConfiguration (kubelet.config.k8s.io/v1beta1) that needs no API server. It leaves the firewall alone, takes a host with
 * swap as it is, and looks for new manifests often, as somebody waits for them.
 */
export function kubeletConfiguration(spec: KubeletSpec): Record<string, unknown> {
  const { version, directory, cgroupDriver, cpuManager } = spec;
  const places = kubeletPlaces(spec);
  const has = (feature: Parameters<typeof hasFeature>[1]): boolean => hasFeature({ name: 'kubelet', version }, feature);
  const opened = openedGates(spec);
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    address: '127.0.0.1',
    readOnlyPort,
    containerRuntimeEndpoint: `unix://${places.engineSocket}`,
    imageServiceEndpoint: `unix://${places.engineSocket}`,
    cgroupDriver,
    ...(cpuManager === undefined
      ? {}
      : // The static policy has to leave something to everybody else.
        { cpuManagerPolicy: cpuManager, systemReserved: { cpu: '500m' } }),
    failSwapOn: false,
    ...(has('cgroup-v1-on-request') ? { failCgroupV1: false } : {}),
    makeIPTablesUtilChains: false,
    staticPodPath: places.manifests,
    fileCheckFrequency: '1s',
    syncFrequency: '5s',
    volumePluginDir: `${directory}/plugins`,
    ...(has('pod-logs-directory') ? { podLogsDir: places.podLogs } : {}),
    ...(opened.length === 0 ? {} : { featureGates: Object.fromEntries(opened.map(({ gate }) => [gate, true])) }),
  };
}

/**
 * Its command line, for the configuration above. systemd gives the slices of pods only the controllers that some unit asks for, and the
 * kubelet wants cpuset too. On a cluster containerd.service is such a unit, by Delegate=yes (containerd v1.7.24 containerd.service).
 */
export function kubeletArgv(spec: KubeletSpec): string[] {
  const { configuration, root } = kubeletPlaces(spec);
  return [
    ...(spec.cgroupDriver === 'systemd' ? ['systemd-run', '--scope', '--quiet', '--collect', '--property=Delegate=yes'] : []),
    spec.binary,
    `--config=${configuration}`,
    `--root-dir=${root}`,
    `--cert-dir=${spec.directory}/certificates`,
    `--hostname-override=${nodeName}`,
  ];
}

/** Static pods get it behind their names. */
export const nodeName = 'node';
