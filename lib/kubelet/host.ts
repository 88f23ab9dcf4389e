import type { Host } from '../hosts/host.ts';

/** What a kubelet needs of its host. */
export type KubeletHost = Pick<
  Host,
  'id' | 'facts' | 'connection' | 'argv' | 'exec' | 'dial' | 'write' | 'expose' | 'assertAlive'
>;
