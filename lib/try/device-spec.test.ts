import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../util/errors.ts';
import { nodeText, parseDescription, parseDevice, type NodeSpec } from './device-spec.ts';

const render: NodeSpec = { path: '/dev/dri/renderD128', type: 'c', uid: 0, gid: 105, mode: '0660' };

/** Any node that can be described. */
export const nodes: fc.Arbitrary<NodeSpec> = fc.record({
  path: fc
    .array(fc.stringMatching(/^[\w+@-][\w.:+@-]{0,8}$/), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`),
  type: fc.constantFrom('c', 'b'),
  uid: fc.nat(4_294_967_294),
  gid: fc.nat(4_294_967_294),
  mode: fc.nat(0o777).map((mode) => mode.toString(8).padStart(4, '0')),
});

describe('a device', () => {
  test('is a node with type, owner, group and mode', () => {
    expect(parseDevice('gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660')).toEqual({
      resource: 'gpu.intel.com/i915',
      source: { kind: 'node', node: render },
    });
  });

  test('is the spare function or a disk by one word', () => {
    expect(parseDevice('intel.com/qat=vfio').source).toEqual({ kind: 'vfio' });
    expect(parseDevice('example.com/disk=block').source).toEqual({ kind: 'block' });
  });

  test('takes what a described node is from the description', () => {
    expect(parseDevice('gpu/i915=/dev/dri/renderD128', [render]).source).toEqual({ kind: 'node', node: render });
    expect(() => parseDevice('gpu/i915=/dev/dri/card0', [render])).toThrow('/dev/dri/card0 is not in the description file');
  });

  test('keeps the colons of its path', () => {
    const { source } = parseDevice('a/b=/dev/v4l/by-path/pci-0000:00:14.0:c:0:44:660');
    expect(source).toMatchObject({ node: { path: '/dev/v4l/by-path/pci-0000:00:14.0', mode: '0660' } });
  });

  test.each([
    ['gpu', 'there is no "="'],
    ['i915=/dev/x:c:0:0:0660', 'no name of an extended resource'],
    ['a/b=', 'expected RESOURCE=PATH'],
    ['a/b=/dev/x', 'expected RESOURCE=PATH'],
    ['a/b=/dev/../etc:c:0:0:0660', 'no plain absolute path'],
    ['a/b=dev/x:c:0:0:0660', 'no plain absolute path'],
    ['a/b=/dev/x y:c:0:0:0660', 'no plain absolute path'],
    ['a/b=/dev/x:c:root:video:0660', 'names differ between hosts'],
    ['a/b=/dev/x:c:0:4294967295:0660', 'no number of an id'],
    ['a/b=/dev/x:c:0:0:0888', 'not octal'],
    ['a/b=/dev/x:c:0:0', 'neither c nor b'],
  ])('is refused with what is wrong: %s', (text, why) => {
    expect(() => parseDevice(text)).toThrow(UsageError);
    expect(() => parseDevice(text)).toThrow(why);
  });

  test('is read back as it was written, whatever it is', () => {
    fc.assert(
      fc.property(nodes, (node) => {
        expect(parseDevice(`a/b=${nodeText(node)}`).source).toEqual({ kind: 'node', node });
      }),
    );
  });

  test('is read or refused, and nothing else, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseDevice(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe('a description', () => {
  test('has nodes and what resources stand for', () => {
    const text = '# node-1\n\n/dev/dri/renderD128:c:0:105:0660  # group render\ngpu/i915=/dev/dri/renderD128\nqat/x=vfio\n';
    expect(parseDescription(text, 'node.txt')).toEqual({
      nodes: [render, render],
      devices: [
        { resource: 'gpu/i915', source: { kind: 'node', node: render } },
        { resource: 'qat/x', source: { kind: 'vfio' } },
      ],
    });
  });

  test('is refused with file and line', () => {
    expect(() => parseDescription('\n/dev/x:p:0:0:0660\n', 'node.txt')).toThrow('node.txt:2:');
  });
});
