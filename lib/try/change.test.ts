import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mediaWorkload } from '../testing/pods.ts';
import { changed, patchText } from './change.ts';

const workload = mediaWorkload();
const groups = { set: ['spec', 'securityContext', 'supplementalGroups'], to: [105] };
const privileged = { set: ['spec', 'containers', 0, 'securityContext', 'privileged'], to: true };

describe('a change', () => {
  test('is made in a copy', () => {
    const before = structuredClone(workload.pod);
    expect(changed(workload.pod, [groups, privileged]).spec).toMatchObject({
      securityContext: { runAsUser: 1000, supplementalGroups: [105] },
      containers: [{ name: 'media', securityContext: { privileged: true } }],
    });
    expect(workload.pod).toEqual(before);
  });

  test('of no pod at all leaves it as it is', () => {
    expect(changed(workload.pod, [])).toEqual(workload.pod);
  });

  test('is a patch of the whole document, with containers by their names', () => {
    const text = patchText(workload, [groups, privileged]);
    expect(text).toMatch(/^# kubectl patch deployment media --patch-file /);
    expect(parse(text)).toEqual({
      spec: {
        template: {
          spec: {
            securityContext: { supplementalGroups: [105] },
            containers: [{ name: 'media', securityContext: { privileged: true } }],
          },
        },
      },
    });
  });

  test('reaches no prototype, whatever it is called', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('__proto__', 'constructor', 'prototype', 'spec', 'x'), { minLength: 1, maxLength: 4 }),
        (path) => {
          try {
            changed(workload.pod, [{ set: path, to: { polluted: true } }]);
          } catch {
            // What is no pod any more is refused.
          }
          expect({}).not.toHaveProperty('polluted');
        },
      ),
    );
  });
});
