import { expect, test } from 'vitest';
import { parseToml, writeToml } from './toml.ts';

test('a written table reads back as it was', () => {
  const table = {
    version: 2,
    plugins: { 'io.containerd.grpc.v1.cri': { enable_cdi: true, cdi_spec_dirs: ['/a', '/b'], sandbox_image: 'x:1' } },
  };
  expect(parseToml(writeToml(table))).toEqual(table);
});

test('a hole is refused with its path, as the writer would drop it silently', () => {
  const holed = { crio: { runtime: { path: undefined } } } as unknown as Parameters<typeof writeToml>[0];
  expect(() => writeToml(holed)).toThrow('Cannot write TOML: crio.runtime.path is undefined');
});

test('a byte-order mark is accepted', () => {
  expect(parseToml('\uFEFFa = 1')).toEqual({ a: 1 });
});

test('what is no TOML is refused in one line with its place, also a control character', () => {
  expect(() => parseToml('a = "\u001b[2J"')).toThrow(/^Cannot read TOML: Control characters .* at row 1, col 7, pos 6$/);
  expect(() => parseToml('a = [1,\nb')).toThrow(/^Cannot read TOML: [^\n]+ at row 2, col \d+, pos \d+$/);
});
