import { containerdDriver as containerd } from '../../../engines/containerd/driver.ts';
import { crioDriver as crio } from '../../../engines/crio/driver.ts';
import { kataConfiguration } from '../../../runtimes/kata/configuration.ts';
import { runcHandler, specFixture } from '../../engine-spec.ts';
import { reader, refusing, type Target } from '../target.ts';

/** Whatever an engine says of its configuration is read, or refused in one line. */
const refusal = /^(Cannot read TOML: .+ at row \d+, col \d+, pos \d+|.*JSON.*|Kata.*|Cannot .*)$/;

const readBack = {
  containerd: containerd.configure(specFixture('containerd', '1.7.24')),
  crio: crio.configure(specFixture('crio', '1.36.3')),
};
const prefix = { directory: '/opt/kata', shims: {}, vmms: {}, kernels: [], images: [], initrds: [] };
const installation = { prefix, onHost: '/opt/kata', shim: 'go', emulated: true } as const;
const kata =
  '[hypervisor.qemu]\npath = "/opt/kata/bin/qemu"\nvalid_entropy_sources = ["/dev/urandom"]\n[agent.kata]\nenable_tracing = false\n[runtime]\ncompact = 9223372036854775807\n';

export const engineTargets: Target[] = [
  reader(
    'config-json',
    [
      JSON.stringify({
        containerd: { runtimes: { runc: { runtimeType: 'io.containerd.runc.v2', options: { BinaryName: '/r', Root: '/s' } } } },
        enableCDI: true,
        deviceOwnershipFromSecurityContext: true,
        registry: { mirrors: null, configs: {} },
      }),
    ],
    (text) => {
      const effective = refusing(refusal, () =>
        containerd.effective({ info: { config: text }, dump: '' }, readBack.containerd.planned),
      );
      if (effective !== undefined) containerd.runtimePath(effective, runcHandler('plain'), specFixture('containerd', '1.7.24'));
    },
  ),
  reader('config-toml', [...Object.values(readBack.crio.files), ...Object.values(readBack.containerd.files), kata], (text) => {
    const effective = refusing(refusal, () => crio.effective({ info: { config: text }, dump: '' }, readBack.crio.planned));
    if (effective !== undefined) crio.runtimePath(effective, runcHandler('plain'), specFixture('crio', '1.36.3'));
    refusing(refusal, () => containerd.effective({ info: {}, dump: text }, readBack.containerd.planned));
    for (const { reader } of [containerd, crio]) refusing(refusal, () => reader.printed(text));
    refusing(refusal, () => kataConfiguration(text, installation, {}));
  }),
  reader(
    'engine-log',
    ['time="2026-11-20T10:00:00Z" level=warning msg="Runtime handler \\"runc-1-1-15\\" is being ignored due to: no such file"\n'],
    (text) => void crio.reasonDropped?.(text, runcHandler('plain')),
  ),
];
