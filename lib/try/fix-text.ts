import { basename } from 'node:path';
import { engines, type EngineName } from '../engines/facts.ts';
import type { Workload } from '../manifest/workload.ts';
import { patchText } from './change.ts';
import { cdiSpecification } from './cdi.ts';
import { openedTo } from './devices.ts';
import type { PlacedDevice } from './devices.ts';
import type { Fix } from './fix.ts';

/** What to copy for a fix: a patch of the manifest, or a file of the node. `triedOn` are its engines. */
export function fixText(
  fix: Fix,
  workload: Workload,
  devices: readonly PlacedDevice[],
  ids: { uid: number; gid: number },
  triedOn: readonly EngineName[],
): { extension: string; text: string } {
  const patch = fix.changes.length === 0 ? '' : patchText(workload, fix.changes);
  const yaml = (before = ''): { extension: string; text: string } => ({ extension: 'yaml', text: `${before}${patch}` });
  const plugin =
    fix.give === 'plugin' || fix.changes.some((change) => 'unmount' in change)
      ? '# devices.example.com/… stands for the resource of a device plugin that hands out the node.\n'
      : '';
  switch (fix.id) {
    case 'accepted':
    case 'resource':
    case 'groups':
    case 'group':
    case 'user':
    case 'privileged':
      return yaml(plugin);
    case 'privileged-withheld':
      return yaml(commented('On the node, for the runtime handler of the pod:', triedOn.map(withheldKey)));
    case 'ownership':
      return {
        extension: 'toml',
        text: `${triedOn.map(ownershipKey).join('\n')}${patch === '' ? '' : `\n${commented('and in the manifest:', patch.split('\n'))}`}`,
      };
    case 'cdi': {
      const own = devices.filter(({ source, origin }) => source.kind === 'node' && origin.kind !== 'block');
      const nodes = own.map((device) => ({
        ...device,
        nodes: device.nodes.map(({ path }) => ({ path, hostPath: hostPathOf(device, path) })),
      }));
      return {
        extension: 'yaml',
        text: `# /etc/cdi/…, on the node; the device plugin answers with its devices.\n${cdiSpecification(nodes, () => ids).text}`,
      };
    }
    case 'mode':
      return {
        extension: 'rules',
        text: `# /etc/udev/rules.d/…, on the node\n${devices.map(udevRule).join('\n')}\n`,
      };
  }
}

function hostPathOf({ source }: PlacedDevice, path: string): string {
  return source.kind === 'node' ? source.node.path : path;
}

function udevRule(device: PlacedDevice): string {
  const { source, path } = device;
  const mode = source.kind === 'node' ? openedTo(source.node.mode) : '0666';
  return `KERNEL=="${basename(source.kind === 'node' ? source.node.path : path)}", MODE="${mode}"`;
}

function ownershipKey(engine: EngineName): string {
  const { settings, ownName } = engines[engine];
  return `# ${ownName}: ${settings.file}\n[${settings.table}]\ndevice_ownership_from_security_context = true\n`;
}

function withheldKey(engine: EngineName): string {
  return `[${engines[engine].settings.handlers}.HANDLER] privileged_without_host_devices = true`;
}

function commented(head: string, lines: readonly string[]): string {
  return [head, ...lines]
    .filter((line) => line !== '')
    .map((line) => `# ${line}\n`)
    .join('');
}
