import { expect, test } from 'vitest';
import type { OwnImage } from '../probe/image/own.ts';
import { ociImage } from '../probe/image/oci.ts';
import { imagesOf } from './images.ts';

const built = ociImage({ name: 'podproof/own:1', entries: [], architecture: 'amd64', entrypoint: [] });
const image = (user?: number | string): OwnImage => ({
  ...built,
  ...(user === undefined ? {} : { user }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});
const at = { pause: 'pause', root: 'root', user777: 'user', own: ['first', 'second'] };

test('a container runs the image that is named for it, then the one for all, then the probe in its place', () => {
  const both = imagesOf({ images: [{ container: 'app', image: image('app') }, { image: image() }], imageUser: 7 }, at);
  expect(both('app')).toEqual({ reference: 'first', own: true, user: 'app' });
  expect(both('other')).toEqual({ reference: 'second', own: true });
  const one = imagesOf({ images: [{ container: 'app', image: image(7) }], imageUser: 7 }, at);
  expect(one('app')).toEqual({ reference: 'first', own: true, user: 7 });
  expect(one('other')).toEqual({ reference: 'user', user: 7 });
  expect(imagesOf({ images: [], imageUser: undefined }, at)('app')).toEqual({ reference: 'root' });
});
