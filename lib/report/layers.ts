import type { Layer } from '../model/document.ts';

const words: Record<Layer['layer'], string> = {
  manifest: 'manifest',
  kubelet: 'kubelet',
  cri: 'CRI request',
  'engine-config': 'engine configuration',
  'oci-spec': 'OCI specification',
  host: 'host node',
  guest: 'container node',
};

/** A layer in words; a name that is none of ours stays as it is. */
export function layerText(layer: string): string {
  return Object.entries(words).find(([name]) => name === layer)?.[1] ?? layer;
}
