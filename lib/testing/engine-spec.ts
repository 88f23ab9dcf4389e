import type { EngineSpec, Handler } from '../engines/engine.ts';
import { handlerName } from '../engines/engine.ts';
import { defaultOptions } from '../suite/scenario.ts';
import { variantsOf, type HandlerVariantName } from '../suite/handler.ts';

/** A specification as a lease makes it, for the tests of the configuration writers. */
export function specFixture(name: EngineSpec['name'], version: string, change: Partial<EngineSpec> = {}): EngineSpec {
  const bin = `/artifacts/${name}-${version}/bin`;
  return {
    name,
    version,
    binaries: Object.fromEntries(['containerd', 'crio', 'conmon', 'pinns'].map((binary) => [binary, `${bin}/${binary}`])),
    directory: `/var/lib/podproof/${name}-${version}`,
    options: defaultOptions,
    handlers: variantsOf('runc').map(runcHandler),
    registry: 'localhost:5055',
    pauseImage: 'localhost:5055/podproof/pause:1',
    cdiDirectory: '/run/podproof/cdi',
    cniPlugins: '/usr/lib/cni',
    ...change,
  };
}

export function runcHandler(variant: HandlerVariantName): Handler {
  const runtime: Handler['runtime'] = { name: 'runc', version: '1.1.15', source: { kind: 'path' } };
  const cell = 'debian-13/engine/runc-1.1.15';
  return { name: handlerName(runtime, variant), cell, variant, runtime, path: '/artifacts/runc-1.1.15/usr/sbin/runc' };
}

export function kataHandler(variant: HandlerVariantName): Handler {
  const runtime: Handler['runtime'] = { name: 'kata', version: '3.30.0', shim: 'go', vmm: 'qemu', source: { kind: 'path' } };
  const name = handlerName(runtime, variant);
  const kata = { configPath: `/etc/podproof/${name}.toml`, configuration: '[hypervisor.qemu]\n' };
  return { name, cell: 'debian-13/engine/kata', variant, runtime, path: '/opt/kata/bin/containerd-shim-kata-v2', kata };
}
