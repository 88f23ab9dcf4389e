import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDevice } from '../../try/device-spec.ts';
import { read } from '../reader/reading.ts';
import { tryIt } from './try-it.ts';

const ofText = (text: string): string | undefined => {
  const failure = read(text).failures.at(-1);
  return failure && tryIt(failure);
};

const [denied] = read('open /dev/x: permission denied').failures;
if (denied === undefined) throw new Error('Nothing was read from a failure');

describe('the command that tries a pod', () => {
  it.for([
    ['open /dev/dri/renderD128: permission denied', '/dev/dri/renderD128:c:'],
    ['cat: /dev/kvm: Operation not permitted', '/dev/kvm:c:'],
    ["blockdev: cannot open '/dev/nvme0n1': Permission denied", '/dev/nvme0n1:b:'],
  ] as const)('of "%s" has a stand-in for its node', ([text, node]) => {
    const command = ofText(text) ?? '';
    expect(command).toContain(`npx podproof try pod.yaml --device RESOURCE=${node}UID:GID:MODE`);
    const [, device = ''] = /--device (\S+)/.exec(command) ?? [];
    const filled = device.replace('RESOURCE', 'vendor.com/gpu').replace('UID:GID:MODE', '0:105:0660');
    expect(parseDevice(filled)).toMatchObject({ source: { kind: 'node', node: { uid: 0, gid: 105 } } });
  });

  it.for([
    'bash: /dev/null: Permission denied',
    'cat: /dev/stdin: Permission denied',
    'cat: /etc/shadow: Permission denied',
    'open /dev/dri/renderD128: no such file or directory',
    'RTNETLINK answers: Operation not permitted',
  ])('is not there for "%s"', (text) => {
    expect(ofText(text)).toBeUndefined();
  });

  it('holds nothing of a path that a shell would act on', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '`', ';', '|', '&', '>', "'", '"', ' ', 'x', '/', '..') }), (tail) => {
        const command = tryIt({ ...denied, object: `/dev/${tail}` }) ?? '';
        expect(command.split(' (')[0]).toMatch(/^$|^npx podproof try pod\.yaml --device RESOURCE=[\w./-]+:[bc]:UID:GID:MODE$/);
      }),
    );
  });
});
