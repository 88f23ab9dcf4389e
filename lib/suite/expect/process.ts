import type { Expectation } from '../rule.ts';
import { ran } from './outcome.ts';

/** The line of id(1) in numbers. */
export function identityLine(line: string): Expectation {
  return ran((guest) => [{ ok: guest.id === line, expected: line, observed: guest.id }]);
}

/** The 14 capabilities that engines grant by default (containerd v1.7.24 oci/spec.go defaultUnixCaps) as a mask. */
const defaultCapabilities = 0x00000000a80425fbn;
/** CAP_SYS_ADMIN (21), CAP_NET_ADMIN (12), CAP_SYS_RAWIO (17), CAP_MKNOD (27): what a privileged pod has and a plain one has not, but for mknod. */
const telling = (1n << 21n) | (1n << 12n) | (1n << 17n);

/** The bounding set is the engines' default one, or that of a privileged container. */
export function capabilities(kind: 'default' | 'privileged'): Expectation {
  return ran((guest) => {
    const bounding = BigInt(`0x${guest.credentials.capBnd}`);
    const effective = BigInt(`0x${guest.credentials.capEff}`);
    const ok =
      kind === 'default'
        ? (bounding & ~defaultCapabilities) === 0n
        : (bounding & telling) === telling && (effective & telling) === telling;
    const expected =
      kind === 'default'
        ? `bounding set within ${hex(defaultCapabilities)}`
        : 'CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_SYS_RAWIO effective';
    return [{ ok, expected, observed: `effective ${guest.credentials.capEff}, bounding ${guest.credentials.capBnd}` }];
  });
}

function hex(mask: bigint): string {
  return mask.toString(16).padStart(16, '0');
}

/** The engine asked the runtime to mask paths and to make others read-only, or not to. */
export function maskedPaths(masked: boolean): Expectation {
  return ({ observation }) => {
    const paths = [...(observation.spec?.linux?.maskedPaths ?? []), ...(observation.spec?.linux?.readonlyPaths ?? [])];
    return [
      {
        ok: observation.spec !== undefined && paths.length > 0 === masked,
        expected: masked ? 'masked and read-only paths in the OCI spec' : 'no masked and no read-only paths in the OCI spec',
        observed:
          observation.spec === undefined ? 'the engine reported no OCI spec' : paths.length === 0 ? 'none' : paths.join(' '),
      },
    ];
  };
}

/** The mount at `target` is writable, or read-only. */
export function mount(target: string, access: 'rw' | 'ro'): Expectation {
  return ran((guest) => {
    const found = guest.mounts.findLast((entry) => entry.target === target);
    const options = found?.options.split(',') ?? [];
    return [
      {
        ok: options.includes(access),
        expected: `${target} is mounted ${access}`,
        observed:
          found === undefined ? `${target} is not a mount` : `${target} is mounted ${options.includes('rw') ? 'rw' : 'ro'}`,
      },
    ];
  });
}
