import { basename } from 'node:path';
import { engines, type EngineName } from '../engines/facts.ts';
import type { Workload } from '../manifest/workload.ts';
import { patchText } from './change.ts';
import { cdiSpecification, type CdiNode } from './cdi.ts';
import { openedTo, originText } from './devices.ts';
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
    case 'vfio-port':
    case 'vfio-mode':
      return { extension: 'toml', text: vfioKeys(fix.id === 'vfio-mode') };
    case 'ownership':
      return {
        extension: 'toml',
        text: `${triedOn.map(ownershipKey).join('\n')}${patch === '' ? '' : `\n${commented('and in the manifest:', patch.split('\n'))}`}`,
      };
    case 'cdi':
      return {
        extension: 'yaml',
        text: `# /etc/cdi/…, on the node; the device plugin answers with its devices. Modes are those of the node, in decimal.\n${cdiSpecification(devices.filter(({ origin }) => origin.kind !== 'block').map(onTheNode), () => ids).text}`,
      };
    case 'mode':
      return {
        extension: 'rules',
        text: `# /etc/udev/rules.d/…, on the node\n${devices.map(udevRule).join('\n')}\n`,
      };
  }
}

/** A device as it is on the nodes of the cluster, not on the host under test. */
function onTheNode({ cdi, container, source }: PlacedDevice): { cdi: string; container: string; nodes: CdiNode[] } {
  const itself = (path: string, mode?: string): CdiNode => ({ path, hostPath: path, mode });
  switch (source.kind) {
    case 'node':
      return { cdi, container, nodes: [itself(source.node.path, source.node.mode)] };
    case 'vfio':
      return { cdi, container, nodes: [itself('/dev/vfio/GROUP', '0600'), itself('/dev/vfio/vfio', '0666')] };
    case 'block':
      return { cdi, container, nodes: [itself('/dev/DISK', '0660')] };
  }
}

function udevRule({ source, origin }: PlacedDevice): string {
  switch (source.kind) {
    case 'node':
      return `KERNEL=="${basename(source.node.path)}", MODE="${openedTo(source.node.mode)}"`;
    case 'vfio':
      return 'SUBSYSTEM=="vfio", MODE="0666"';
    case 'block':
      return `# ${originText(origin)}: KERNEL=="DISK", MODE="0666"`;
  }
}

/** Two ports, as pods of two functions have here. */
function vfioKeys(nodes: boolean): string {
  const mode = nodes
    ? '\n[runtime]\n# The pod gets /dev/vfio nodes, and no device of the guest’s own drivers.\nvfio_mode = "vfio"\n'
    : '';
  return `# On the node, in the configuration of Kata that the handler of the pod names:\n[hypervisor.qemu]\nhot_plug_vfio = "root-port"\npcie_root_port = 2\n${mode}`;
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
