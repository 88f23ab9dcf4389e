import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatten, inSpellingOf } from './flatten.ts';

describe('flatten', () => {
  it('joins the keys of nested tables with dots', () => {
    expect(flatten({ a: { b: { c: true }, d: 'x' }, e: 3 })).toEqual({ 'a.b.c': true, 'a.d': 'x', e: 3 });
  });

  it('keeps a list of scalars as one value', () => {
    expect(flatten({ inner: { list: ['x', 'y'] } })).toEqual({ 'inner.list': '["x","y"]' });
  });

  it('leaves out nulls and lists that are empty or hold tables', () => {
    expect(flatten({ empty: [], tables: [{ a: 1 }], nothing: null, kept: 0 })).toEqual({ kept: 0 });
  });

  it('keeps integers that a TOML parser reads as big ones', () => {
    expect(flatten({ many: 9223372036854775807n })).toEqual({ many: Number(9223372036854775807n) });
  });

  it('gives back every scalar of a flat table', () => {
    const scalar = fc.oneof(fc.string(), fc.boolean(), fc.integer());
    const key = fc.stringMatching(/^[a-z][a-z_-]*$/);
    fc.assert(
      fc.property(fc.dictionary(key, scalar), (table) => {
        const prefixed = Object.entries(table).map(([name, value]) => [`inner.${name}`, value]);
        expect(flatten({ inner: table })).toEqual(Object.fromEntries(prefixed));
      }),
    );
  });
});

describe('inSpellingOf', () => {
  it('takes the spelling of the known key for one that differs in case and underscores only', () => {
    expect(inSpellingOf({ enableCDI: true, 'containerd.defaultRuntimeName': 'runc' }, { enable_cdi: false })).toEqual({
      enable_cdi: true,
      'containerd.defaultRuntimeName': 'runc',
    });
  });

  it('does not mix up handlers whose names differ in a dash', () => {
    const known = { 'runtimes.runc-1.runtime_type': 'a', 'runtimes.runc1.runtime_type': 'b' };
    expect(inSpellingOf({ 'runtimes.runc-1.runtimeType': 'x' }, known)).toEqual({ 'runtimes.runc-1.runtime_type': 'x' });
  });
});
