import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseToml, writeToml } from '../../util/toml.ts';
import { containerdReader as reader } from './reader.ts';

const flag = 'device_ownership_from_security_context';
const tables = ['cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.runtime'];

describe('the plan to read a file back', () => {
  it('leaves the text as it is and asks for what it comes to', () => {
    const plan = reader.plan('/bin/containerd', '/d', { text: 'x = 1' });
    expect(plan.files).toEqual({ '/d/config.toml': 'x = 1' });
    expect(plan.print).toEqual(['/bin/containerd', '--config', '/d/config.toml', 'config', 'dump']);
  });

  it('has a main file that imports the drop-in and nothing else', () => {
    const { files } = reader.plan('/bin/containerd', '/d', { text: 'x = 1', beside: 'version = 2\n' });
    expect(parseToml(files['/d/config.toml'] ?? '')).toEqual({ version: 2, imports: ['/d/conf.d/*.toml'] });
    expect(files['/d/conf.d/printed.toml']).toBe('x = 1');
  });

  it('keeps a daemon in directories of its own', () => {
    const { daemon } = reader.plan('/bin/containerd', '/d', { text: '' });
    expect(daemon?.argv.filter((word) => word.startsWith('/') && !word.startsWith('/d/'))).toEqual(['/bin/containerd']);
  });
});

describe('the keys of a file', () => {
  it.each(tables)('are those of the CRI in the table %s, and no others', (table) => {
    const text = writeToml({ version: 2, plugins: { [table]: { [flag]: true }, 'io.containerd.other.v1.x': { [flag]: false } } });
    expect(reader.wanted(text)).toEqual({ [flag]: true });
  });

  it('are those that are in force, of a version that prints tables of two schemas', () => {
    const text = writeToml({
      plugins: { 'io.containerd.grpc.v1.cri': { [flag]: true }, 'io.containerd.cri.v1.runtime': { [flag]: false } },
    });
    expect(reader.printed(text)).toEqual({ [flag]: false });
  });

  it('come back as they were meant from whichever table of the CRI they are in', () => {
    const key = fc.stringMatching(/^[a-z_]{1,12}$/);
    const table = fc.dictionary(key, fc.oneof(fc.boolean(), fc.integer(), fc.string()), { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(fc.constantFrom(...tables), table, (name, keys) => {
        expect(reader.wanted(writeToml({ plugins: { [name]: keys } }))).toEqual(keys);
      }),
    );
  });

  it('are none where a file has no table of the CRI', () => {
    expect(reader.printed('version = 2\n')).toEqual({});
    expect(reader.wanted('[plugins]\ncri = 3\n')).toEqual({});
  });
});
