import { hasFeature, tells } from '../../model/feature.ts';
import { messageOf } from '../../util/errors.ts';
import { parseToml, writeToml, type TomlTable } from '../../util/toml.ts';
import { certificates, containerdConfig } from './config.ts';
import { containerd } from './facts.ts';
import { containerdReader } from './reader.ts';
import { thinPool, withScratchFile } from './snapshotter.ts';
import { cniConfiguration } from '../cni.ts';
import { logLevel, type EngineDriver, type EngineSpec, type Scalar } from '../engine.ts';
import { flatten, inSpellingOf } from '../flatten.ts';
import { runscConfigPath, runscConfiguration } from '../../runtimes/runsc/configuration.ts';

/** Made with a fixed address before the daemon starts: udev's rewriting of a new bridge's MAC makes the plugin's check fail now and then. */
const bridge = 'pp-containerd';

/** containerd 1.3 on, each version in the newest schema that it documents. */
export const containerdDriver: EngineDriver = {
  configure(spec) {
    const socket = `${spec.directory}/state/c.sock`;
    const runtimeRoot = `${spec.directory}/state/oci`;
    const log = `${spec.directory}/containerd.log`;
    const { table, shown } = containerdConfig(spec, { socket, runtimeRoot });
    const file = `${spec.directory}/config.toml`;
    const binary = spec.binaries['containerd'];
    if (binary === undefined)
      throw new Error(`Cannot configure containerd ${spec.version}: its artifact has no executable "containerd"`);
    return {
      files: {
        [file]: writeToml(table),
        [`${certificates(spec)}/${spec.registry}/hosts.toml`]: writeToml({
          server: `http://${spec.registry}`,
          host: { [`http://${spec.registry}`]: { capabilities: ['pull', 'resolve'], skip_verify: true } },
        }),
        [`${spec.directory}/cni/net.d/10-podproof.conflist`]: cniConfiguration(spec.directory, bridge),
        ...Object.fromEntries(
          spec.handlers.flatMap(({ kata }) => (kata === undefined ? [] : [[kata.configPath, kata.configuration]])),
        ),
        ...Object.fromEntries(
          spec.handlers
            .filter(({ runscShim }) => runscShim !== undefined)
            .map((handler) => [
              runscConfigPath(spec, handler),
              runscConfiguration(handler.path, runtimeRoot, log, spec.options.cgroupDriver),
            ]),
        ),
      },
      argv: withScratchFile(spec, [binary, '--config', file, '--log-level', logLevel(spec)]),
      env: { PATH: searchPath(spec, binary) },
      socket,
      log,
      planned: plannedKeys(spec, table, shown),
      runtimeState: `${runtimeRoot}/k8s.io/{id}`,
      // containerd v1.3.10 runtime/v2/runc/container.go, WriteRuntime
      ...(reportsOptions(spec)
        ? {}
        : { runtimeFile: `${spec.directory}/state/io.containerd.runtime.v2.task/k8s.io/{id}/runtime` }),
      shimMark: socket,
      bridge,
      thinPool: thinPool(spec),
      profile: spec.options.appArmor ? containerd.defaultProfile : undefined,
    };
  },

  reasonNot(spec, { name, kata, path }) {
    const first = spec.handlers.find((handler) => handler.kata !== undefined);
    if (kata === undefined || hasFeature(spec, 'runtime-path') || first?.path === path) return undefined;
    return `the handler "${name}" cannot name its shim, and that of "${first?.name}" comes first on the PATH`;
  },

  /** What the file comes to, the parts included that the CRI says nothing of: sockets, images, other plugins. */
  dump: (binary, file) => [binary, '--config', file, 'config', 'dump'],

  effective({ info, dump }, planned) {
    const file = Object.entries(flatten(parseToml(dump))).filter(([key]) => key in planned);
    return { ...Object.fromEntries(file), ...inSpellingOf(flatten(reportedConfiguration(info['config'])), planned) };
  },

  runtimePath(effective, handler, spec) {
    if (!reportsOptions(spec)) return handler.path;
    const table = `containerd.runtimes.${handler.name}`;
    // The shim's own file names runsc; it is ours where the configuration names that file.
    if (handler.runscShim !== undefined)
      return String(effective[`${table}.options.ConfigPath`]).endsWith(`/${handler.name}.toml`) ? handler.path : '';
    // Where runtime_path is of no use it is not in the configuration, and the shim is found on the PATH.
    if (handler.kata !== undefined) return String(effective[`${table}.runtime_path`] ?? handler.path);
    return String(effective[`${table}.options.BinaryName`] ?? '');
  },

  reader: containerdReader,

  ignoredKey: /Ignoring unknown key in TOML.* key=("[^"]*"|\S+)/,
};

/** A shim is looked up here first, then beside the daemon (containerd 1.3 to 2.3, runtime/v2 shim lookup). */
function searchPath(spec: EngineSpec, binary: string): string {
  const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
  const shims = hasFeature(spec, 'runtime-path')
    ? []
    : spec.handlers.flatMap(({ kata, path, runscShim }) => (kata && path) ?? runscShim ?? []);
  const own = [...shims.map(directoryOf), directoryOf(binary)];
  return [...new Set(own), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
}

/** Every key that can be read back: those of the table that the CRI shows are relative to it, and read from the running engine. */
function plannedKeys(spec: EngineSpec, table: TomlTable, shown: string): Record<string, Scalar> {
  const prefix = `${shown}.`;
  return Object.fromEntries(
    Object.entries(flatten(table))
      .map(([key, value]) => [key.startsWith(prefix) ? key.slice(prefix.length) : key, value] as const)
      .filter(([key]) => tells(spec, key)),
  );
}

function reportsOptions(spec: EngineSpec): boolean {
  return hasFeature(spec, 'told-runtime-options');
}

/** What the verbose Status has. The parser quotes the place as it is, line breaks included. */
function reportedConfiguration(text = '{}'): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot read the configuration that containerd reports: ${messageOf(error).replace(/\s+/g, ' ')}`, {
      cause: error,
    });
  }
}
