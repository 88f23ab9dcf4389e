import { expect, test } from 'vitest';
import type { ExecResult } from '../../util/exec.ts';
import { spareFixtures } from './fixture-plan.ts';
import { parseFixtures, prepareFixtures, restoreFixtures } from './fixtures.ts';

const answer = ['char=/c', 'directory=/d', 'block=/dev/vdb', 'blockPlain=/dev/vdc', 'hugepages=/h'];

test('an empty answer is null where a host may do without', () => {
  const fixtures = parseFixtures([...answer, 'vfioGroup=', 'vfioControl=', 'vfioAddress='].join('\n'));
  expect(fixtures).toMatchObject({ block: '/dev/vdb', vfioGroup: null, vfioControl: null, vfioAddress: null });
});

test('a host without the spare disks is refused', () => {
  expect(() => parseFixtures(answer.map((line) => line.replace('/dev/vdb', '')).join('\n'))).toThrow('block');
});

/** A host whose kernel hangs when it is asked to change the driver of a PCI function. */
function hanging() {
  const asked: string[] = [];
  return {
    asked,
    write: () => Promise.resolve(),
    consoleTail: () => Promise.resolve('[    9.9] e1000e: removed PHC'),
    async exec(argv: readonly string[]): Promise<ExecResult> {
      const script = argv[2] ?? '';
      asked.push(script);
      const timedOut = script.includes('drivers_probe') && !argv.includes('undo');
      return { argv, exitCode: timedOut ? undefined : 0, stdout: '', stderr: '', timedOut, durationMs: 0, failure: '' };
    },
  };
}

test('a host that hangs while it is prepared is lost, with the step and its console, and nothing more is tried on it', async () => {
  const host = hanging();
  await expect(prepareFixtures(host, spareFixtures)).rejects.toMatchObject({
    name: 'HostLostError',
    message: 'The host is lost: it hangs where it should bind the spare PCI function to vfio-pci',
    consoleTail: '[    9.9] e1000e: removed PHC',
  });
  expect(host.asked.filter((script) => script.includes('nr_hugepages'))).toEqual([]);
});

test('so is one that hangs while it is given back', async () => {
  await expect(restoreFixtures(hanging())).rejects.toThrow(
    'The host is lost: it hangs where it should give the PCI function to its driver',
  );
});
