import { expect, test } from 'vitest';
import { upstreamRelease } from './upstream.ts';

test.each([
  ['containerd', '1.3.4', 'v1.3.4/containerd-1.3.4.linux-amd64.tar.gz'],
  ['containerd', '1.3.5', 'v1.3.5/containerd-1.3.5-linux-amd64.tar.gz'],
  ['containerd', '1.5.18', 'v1.5.18/containerd-1.5.18-linux-amd64.tar.gz'],
  ['containerd', '1.7.0', 'v1.7.0/containerd-static-1.7.0-linux-amd64.tar.gz'],
  ['containerd', '2.4.0-beta.0', 'v2.4.0-beta.0/containerd-static-2.4.0-beta.0-linux-amd64.tar.gz'],
  ['crio', '1.19.2', 'k8s-conform-cri-o/artifacts/crio-v1.19.2.tar.gz'],
  ['crio', '1.19.3', 'k8s-conform-cri-o/artifacts/cri-o.amd64.v1.19.3.tar.gz'],
  ['crio', '1.20.2', 'k8s-conform-cri-o/artifacts/crio-v1.20.2.tar.gz'],
  ['crio', '1.21.7', 'k8s-conform-cri-o/artifacts/cri-o.amd64.v1.21.7.tar.gz'],
  ['crio', '1.22.0', 'cri-o/artifacts/cri-o.amd64.v1.22.0.tar.gz'],
  ['crio', '1.36.3', 'cri-o/artifacts/cri-o.amd64.v1.36.3.tar.gz'],
  ['kata', '3.1.0', '3.1.0/kata-static-3.1.0-x86_64.tar.xz'],
  ['kata', '3.20.0', '3.20.0/kata-static-3.20.0-amd64.tar.xz'],
  ['kata', '3.30.0', '3.30.0/kata-static-3.30.0-amd64.tar.zst'],
  ['kata', '4.0.0', '4.0.0/kata-static-4.0.0-amd64.tar.zst'],
  ['kata', '4.1.0', '4.1.0/kata-go-static-4.1.0-amd64.tar.zst'],
  ['runc', '1.1.15', 'v1.1.15/runc.amd64'],
  ['crun', '1.21', '1.21/crun-1.21-linux-amd64'],
  ['cni', '0.8.0', 'v0.8.0/cni-plugins-linux-amd64-v0.8.0.tgz'],
  ['cni', '1.9.0', 'v1.9.0/cni-plugins-linux-amd64-v1.9.0.tgz'],
])('%s %s is published as …/%s', (name, version, ending) => {
  expect(upstreamRelease({ name, version, shim: 'go' }, 'x64')[0]?.url).toMatch(
    new RegExp(`/${ending.replace(/[.+]/g, '\\$&')}$`),
  );
});

test('the Rust shim of Kata 4.1 has an archive of its own', () => {
  expect(upstreamRelease({ name: 'kata', version: '4.1.0', shim: 'rust' }, 'x64')[0]?.url).toMatch(
    /\/kata-static-4\.1\.0-amd64\.tar\.zst$/,
  );
});

test('gVisor has two programs with a sha512 each, and one archive since July 2026', () => {
  const release = 'https://storage.googleapis.com/gvisor/releases/release/';
  expect(upstreamRelease({ name: 'runsc', version: '20240729.0' }, 'arm64')).toEqual(
    ['runsc', 'containerd-shim-runsc-v1'].map((program) => ({
      url: `${release}20240729.0/aarch64/${program}`,
      sums: `${release}20240729.0/aarch64/${program}.sha512`,
      program,
    })),
  );
  expect(upstreamRelease({ name: 'runsc', version: '20260706.0' }, 'x64')).toEqual([
    { url: `${release}20260706.0/x86_64/gvisor.tar.bz2`, sums: `${release}20260706.0/x86_64/gvisor.tar.bz2.sha512` },
  ]);
});

test('architectures have the names of each project', () => {
  expect(upstreamRelease({ name: 'kata', version: '3.0.0' }, 'arm64')[0]?.url).toMatch(/-aarch64\.tar\.xz$/);
  expect(upstreamRelease({ name: 'runc', version: '1.2.0' }, 'arm64')).toMatchObject([
    { program: 'runc', url: expect.stringMatching(/runc\.arm64$/) },
  ]);
});

test('published checksums are known where there are any', () => {
  expect(upstreamRelease({ name: 'containerd', version: '2.3.4' }, 'x64')[0]?.sums).toMatch(
    /containerd-static-2\.3\.4-linux-amd64\.tar\.gz\.sha256sum$/,
  );
  expect(upstreamRelease({ name: 'cni', version: '1.9.0' }, 'arm64')[0]?.sums).toMatch(
    /\/cni-plugins-linux-arm64-v1\.9\.0\.tgz\.sha256$/,
  );
  expect(upstreamRelease({ name: 'crio', version: '1.22.0' }, 'x64')[0]?.sums).toBeUndefined();
});

test.each([
  ['runsc', '20240729.0', 'riscv'],
  ['containerd', '1.2.0', 'x64'],
  ['cni', '0.7.6', 'x64'],
  ['containerd', '2.3.4', 'mips'],
])('nothing is known of %s %s on %s', (name, version, architecture) => {
  expect(upstreamRelease({ name, version }, architecture)).toEqual([]);
});
