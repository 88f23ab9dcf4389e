import type { Command } from 'commander';
import { connectRemote } from '../hosts/shared/remote.ts';
import { describeDevices, type DescribedNode } from '../hosts/shared/describe.ts';
import { escapeLine } from '../report/escape.ts';
import { nodeText } from '../try/device-spec.ts';
import { BlockedError, messageOf, UsageError } from '../util/errors.ts';
import { print } from './print.ts';

export function describeDevicesVerb(program: Command): void {
  program
    .command('describe-devices')
    .description('print the device nodes of a node of a cluster, for "podproof try --devices"')
    .argument('[paths...]', 'nodes or directories; without one, all below /dev that not every machine has')
    .option('--like <ssh:host>', 'of a machine that ssh reaches, not of this one')
    .option('--json', 'for machines')
    .action(async (paths: string[], _, command: Command) => {
      const { like, json } = command.optsWithGlobals<{ like?: string; json?: boolean }>();
      const nodes = await describe(like, paths);
      print(json, nodes, () => descriptionText(nodes));
    });
}

async function describe(like: string | undefined, paths: readonly string[]): Promise<DescribedNode[]> {
  const wrong = paths.find((path) => !path.startsWith('/'));
  if (wrong !== undefined) throw new UsageError(`describe-devices: "${wrong}" is no absolute path`);
  const destination = like === undefined ? undefined : destinationOf(like);
  const prefix = destination === undefined ? [] : ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20', '--', destination];
  try {
    return await describeDevices(connectRemote({ prefix, quoting: destination === undefined ? 'none' : 'posix' }), paths);
  } catch (error) {
    throw new BlockedError(messageOf(error), { cause: error });
  }
}

function destinationOf(like: string): string {
  const [, destination = ''] = /^ssh:([^-\s]\S*)$/.exec(like) ?? [];
  if (destination === '') throw new UsageError(`--like: expected ssh:HOST, such as ssh:root@node-1, found "${like}"`);
  return destination;
}

/** A description file: what `--devices` reads, with names behind it for people. */
export function descriptionText(nodes: readonly DescribedNode[]): string {
  const lines = nodes.map((node) => {
    const iommu = node.iommuGroup === null ? '' : `, IOMMU group ${node.iommuGroup}`;
    return [nodeText(node), `# ${node.user}:${node.group}${iommu}`] as const;
  });
  const width = Math.max(0, ...lines.map(([node]) => node.length));
  return lines.map(([node, names]) => `${escapeLine(`${node.padEnd(width)}  ${names}`)}\n`).join('');
}
