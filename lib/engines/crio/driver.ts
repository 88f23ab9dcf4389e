import { parseToml, writeToml } from '../../util/toml.ts';
import { cniConfiguration } from '../cni.ts';
import type { EngineDriver } from '../engine.ts';
import { binary, crioConfig, knowsKey } from './config.ts';
import { cannotRun, crio } from './facts.ts';
import { relative, withFalse } from './keys.ts';

const bridge = 'pp-crio';

/**
 * CRI-O with one main file and a drop-in directory that is never made, so that nothing of the machine's /etc is read.
 * This is for today's version; facts.ts says what older ones do not know of it.
 */
export const crioDriver: EngineDriver = {
  configure(spec) {
    const { directory } = spec;
    const state = `${directory}/state`;
    const socket = `${state}/crio.sock`;
    const file = `${directory}/crio.conf`;
    const storage = { root: `${directory}/root`, runroot: `${state}/storage` };
    const config = crioConfig(spec, state, storage);
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
      profile: spec.options.appArmor ? crio.defaultProfile : undefined,
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

/** The text of a string that Go quoted; what JSON does not know stays as it is. */
function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
