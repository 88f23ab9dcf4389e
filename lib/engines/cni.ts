/** Where a host has its own plugins: Debian's containernetworking-plugins puts them there, on our host images too. */
export const debianCniPlugins = '/usr/lib/cni';

/**
 * The pod network of one private engine: a bridge of its own, addresses kept below `directory`, no way out of the host.
 * CNI 0.4.0 is read by every libcni that containerd 1.3 on and CRI-O 1.20 on vendor.
 */
export function cniConfiguration(directory: string, bridge: string): string {
  return JSON.stringify(
    {
      cniVersion: '0.4.0',
      name: 'podproof',
      plugins: [
        {
          type: 'bridge',
          bridge,
          isGateway: true,
          ipMasq: false,
          ipam: { type: 'host-local', dataDir: `${directory}/cni/addresses`, ranges: [[{ subnet: '10.85.0.0/16' }]] },
        },
      ],
    },
    undefined,
    2,
  );
}
