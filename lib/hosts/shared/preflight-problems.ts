import { groupBy } from '../../util/group-by.ts';
import type { KernelFeature } from '../needs.ts';
import type { Preflight, PreflightQuestion } from './preflight.ts';

/** One thing that is wrong, and what helps. */
interface Problem {
  found: string;
  remedy: string;
}

/** Pure: what keeps every cell from being tried. Directories of one file system are one problem. */
export function problemsOf({ places, memoryMiB, missingFeatures }: Preflight, asked: PreflightQuestion): Problem[] {
  const mounts = groupBy(places, ({ mount }) => mount);
  const missing = asked.ofAll.filter((feature) => feature in missingFeatures);
  return [
    ...[...mounts].flatMap(([mount, held]) => problemOfMount(mount, held)),
    ...(memoryMiB < asked.memoryMiB
      ? [
          {
            found: `it has ${memoryMiB} MiB of memory available, and engines and pods of this plan take ${asked.memoryMiB}`,
            remedy: 'end what takes it there (ps -eo rss,args --sort -rss | head), or give the host more ("memoryMiB" of a vm)',
          },
        ]
      : []),
    ...(missing.length === 0
      ? []
      : [
          {
            found: `its kernel has no ${missing.map((feature) => `${feature} (${missingFeatures[feature]})`).join(', ')}`,
            remedy: howToLoad(missing),
          },
        ]),
  ];
}

function problemOfMount(mount: string, held: Preflight['places']): Problem[] {
  const refused = held.filter(({ refusal }) => refusal !== '');
  const paths = (some: Preflight['places']): string => some.map(({ path }) => path).join(', ');
  if (refused.some(({ refusal }) => refusal === 'Read-only file system'))
    return [
      {
        found: `the file system at ${mount} is read-only, and podproof writes ${paths(held)}`,
        remedy: `see why in its kernel log (dmesg), then mount -o remount,rw ${mount}`,
      },
    ];
  const needMiB = held.reduce((sum, each) => sum + each.needMiB, 0);
  const freeMiB = Math.min(...held.map((each) => each.freeMiB));
  const noSpace = refused.some(({ refusal }) => refusal === 'No space left on device');
  if (freeMiB < needMiB || noSpace) {
    const why = held.map((each) => `${each.needMiB} for ${each.for} in ${each.path}`).join(', ');
    const found =
      freeMiB < needMiB
        ? `the file system at ${mount} has ${freeMiB} MiB free and takes ${needMiB}: ${why}`
        : `the file system at ${mount} takes no file: it has ${freeMiB} MiB free, but no inode`;
    return [{ found, remedy: `make room there: du -xh ${mount} | sort -h | tail` }];
  }
  return refused.map(({ path, refusal }) => ({
    found: `${path} cannot be written: ${refusal}`,
    remedy: `make ${path} writable for root there`,
  }));
}

export function howToLoad(features: readonly KernelFeature[]): string {
  const [first] = features;
  const modules = features.map((feature) => (feature === 'kvm' ? 'kvm_intel (or kvm_amd)' : feature)).join(' ');
  const virtual = features.includes('kvm') ? ', with virtualisation on in the firmware or nested in the hypervisor' : '';
  return `modprobe -a ${modules} on its machine${virtual}, and look for what forbids it: grep -rw ${first} /etc/modprobe.d /run/modprobe.d`;
}
