import fc from 'fast-check';
import { expect, it } from 'vitest';
import { manyFiles } from './many-files.ts';

it('does every file once, in order, and never opens more than a few', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat()), async (names) => {
      let open = 0;
      let most = 0;
      const done = await manyFiles(names, async (name) => {
        most = Math.max(most, ++open);
        await Promise.resolve();
        open--;
        return name;
      });
      expect(done).toEqual(names);
      expect(most).toBeLessThanOrEqual(16);
    }),
  );
});

it('fails as the first that fails', async () => {
  const work = (name: string): Promise<string> => (name === 'b' ? Promise.reject(new Error('no b')) : Promise.resolve(name));
  await expect(manyFiles(['a', 'b', 'c'], work)).rejects.toThrow('no b');
});
