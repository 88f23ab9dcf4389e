import { expect, test } from 'vitest';
import { parseFixtures } from './fixtures.ts';

const answer = ['char=/c', 'directory=/d', 'block=/dev/vdb', 'blockPlain=/dev/vdc', 'hugepages=/h'];

test('an empty answer is null where a host may do without', () => {
  const fixtures = parseFixtures([...answer, 'vfioGroup=', 'vfioControl=', 'vfioAddress='].join('\n'));
  expect(fixtures).toMatchObject({ block: '/dev/vdb', vfioGroup: null, vfioControl: null, vfioAddress: null });
});

test('a host without the spare disks is refused', () => {
  expect(() => parseFixtures(answer.map((line) => line.replace('/dev/vdb', '')).join('\n'))).toThrow('block');
});
