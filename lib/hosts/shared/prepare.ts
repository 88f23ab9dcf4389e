import type { HostSpec } from '../../model/matrix/matrix.ts';
import type { AcquireOptions } from '../needs.ts';
import type { LeaseContext } from '../host.ts';
import { obtainImage } from '../image/build.ts';
import { recipe } from '../image/recipe.ts';
import { cgroupParameters } from '../vm/cgroup.ts';
import { obtainQemu, originOf } from '../vm/qemu.ts';

/** Has in the cache what a lease of this host would build, and says what that is. Throws BlockedError. */
export async function prepareHost(
  id: string,
  spec: HostSpec,
  context: LeaseContext,
  { variant }: Pick<AcquireOptions, 'variant'>,
): Promise<string> {
  if (spec.kind !== 'vm') return `a ${spec.kind} host is used as it is`;
  cgroupParameters(id, spec);
  const [qemu, image] = await Promise.all([
    obtainQemu(context),
    obtainImage(recipe(spec.suite, variant, spec.allowExpiredRelease), context),
  ]);
  return `image ${image.id}, QEMU ${qemu.version} (${originOf(qemu)})`;
}
