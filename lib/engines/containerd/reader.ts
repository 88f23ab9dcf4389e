import { parseToml } from '../../util/toml.ts';
import type { ConfigReader, Scalar } from '../engine.ts';
import { flatten } from '../flatten.ts';

/** The CRI's tables by schema: 1, 2, and 3 on. An engine that has the last one serves from it, whatever else it prints. */
const criTables = ['plugins.cri.', 'plugins.io.containerd.grpc.v1.cri.', 'plugins.io.containerd.cri.v1.runtime.'];

/** containerd prints what a file comes to, and takes every directory of its own from the command line. */
export const containerdReader: ConfigReader = {
  plan(binary, directory, { text, beside }) {
    const file = `${directory}/config.toml`;
    const files =
      beside === undefined
        ? { [file]: text }
        : { [file]: `${beside}imports = ["${directory}/conf.d/*.toml"]\n`, [`${directory}/conf.d/printed.toml`]: text };
    const socket = `${directory}/state/c.sock`;
    const places = ['--root', `${directory}/root`, '--state', `${directory}/state`, '--address', socket];
    return {
      files,
      print: [binary, '--config', file, 'config', 'dump'],
      daemon: { argv: [binary, '--config', file, ...places], socket, log: `${directory}/containerd.log` },
    };
  },
  printed: (text) => {
    const flat = Object.entries(flatten(parseToml(text)));
    const served = criTables.findLast((table) => flat.some(([key]) => key.startsWith(table)));
    return Object.fromEntries(flat.flatMap(([key, value]) => below(served, key, value)));
  },
  wanted: (text) =>
    Object.fromEntries(
      Object.entries(flatten(parseToml(text))).flatMap(([key, value]) =>
        below(
          criTables.find((table) => key.startsWith(table)),
          key,
          value,
        ),
      ),
    ),
};

function below(table: string | undefined, key: string, value: Scalar): Array<[string, Scalar]> {
  return table !== undefined && key.startsWith(table) ? [[key.slice(table.length), value]] : [];
}
