import type { OwnImage } from '../probe/image/own.ts';
import type { HostSetting } from '../run/engine-lease.ts';
import type { Ground } from './placement.ts';

/** An image that one container runs, or every one that has none of its own. */
export interface ContainerImage {
  container?: string | undefined;
  image: OwnImage;
}

/** What each container runs, and the USER of it. */
export function imagesOf(
  { images, imageUser }: { images: readonly ContainerImage[]; imageUser: number | undefined },
  at: HostSetting['images'],
): Ground['imageOf'] {
  const probe = imageUser === undefined ? { reference: at.root } : { reference: at.user777, user: imageUser };
  return (container) => {
    const own = images.findIndex((each) => each.container === container);
    const index = own >= 0 ? own : images.findIndex((each) => each.container === undefined);
    const reference = at.own?.[index];
    if (reference === undefined) return probe;
    const user = images[index]?.image.user;
    return { reference, own: true, ...(user === undefined ? {} : { user }) };
  };
}
