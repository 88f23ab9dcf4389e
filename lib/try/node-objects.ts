import { readFileSync } from 'node:fs';
import type { NodeObject } from '../cri/kubelet/volumes.ts';
import type { Remote } from '../hosts/host.ts';

const script = readFileSync(new URL('node-objects.sh', import.meta.url), 'utf8');

/** The kubelet would not start the pod on this node, in its words. */
export class KubeletRefusal extends Error {}

/**
 * Makes what the kubelet makes on the node, in its order, below the pod's own directories; disposing removes these. On a machine
 * of ours (`own`) an empty directory or file stands in for one of the node that the pod mounts. Throws KubeletRefusal where a path
 * of the node is not what the pod says.
 */
export async function makeNodeObjects(
  remote: Remote,
  objects: readonly NodeObject[],
  { directories, own }: { directories: readonly string[]; own: boolean },
): Promise<AsyncDisposable> {
  const made: AsyncDisposable = {
    async [Symbol.asyncDispose]() {
      const result = await remote.exec(['sh', '-c', script, 'node-objects', 'remove', ...directories]);
      if (result.exitCode !== 0) throw new Error(`Cannot remove the volumes of a pod: ${result.stderr.trim() || result.failure}`);
    },
  };
  const result = await remote.exec(['sh', '-c', script, 'node-objects', 'make', own ? '1' : '0', ...objects.flatMap(words)]);
  if (result.exitCode === 0) return made;
  await made[Symbol.asyncDispose]();
  const said = result.stderr.trim();
  throw result.exitCode === 3
    ? new KubeletRefusal(said)
    : new Error(`Cannot make the volumes of a pod: ${said || result.failure}`);
}

function words(object: NodeObject): string[] {
  const { what, path } = object;
  const mode = 'mode' in object ? object.mode.toString(8) : '';
  const group = 'group' in object && object.group !== undefined ? String(object.group) : '';
  const line = (extra: string, text = ''): string[] => [what, path, mode, group, extra, text];
  switch (object.what) {
    case 'directory':
      return line('');
    case 'tmpfs':
      return line(sizeOption(object.size));
    case 'hugetlbfs':
      return line(object.pageSize.replace(/i$/, ''));
    case 'file':
      return line('', object.text);
    case 'link':
      return line(object.target);
    case 'bind':
      return line(object.target, object.volume);
    case 'hostPath':
      return line(object.type);
  }
}

/** A quantity as mount(8) takes it: `64Mi` → `64m`; what it cannot say is no limit. */
function sizeOption(size: string | undefined): string {
  const [, amount = '', unit = ''] = /^(\d+)([KMG]i?)?$/.exec(size ?? '') ?? [];
  return amount === '' ? '' : `${amount}${unit.charAt(0).toLowerCase()}`;
}
