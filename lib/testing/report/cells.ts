import type { Cell, HostEntry } from '../../model/document.ts';
import { fakeHostFacts } from '../fake-host/facts.ts';

const sha = (seed: string): string => seed.repeat(64).slice(0, 64);

/** The sample's hosts: one under full emulation, one under KVM. */
export function sampleHosts(): HostEntry[] {
  const facts = {
    ...fakeHostFacts,
    ...{ kernel: '6.12.117+deb13-amd64', os: 'Debian GNU/Linux 13 (trixie)', glibc: '2.41', accelerator: 'tcg' as const },
    acceleratorReason: '/dev/kvm opens, but a stock kernel printed nothing within 20 s: fully emulated',
    qemu: '7.2.22',
    kvm: { present: true, owner: '0:993', mode: '0660', group: 'kvm' },
  };
  return [
    { id: 'debian-13', kind: 'vm', accelerator: 'tcg', facts },
    {
      id: 'debian-12',
      kind: 'vm',
      accelerator: 'kvm',
      facts: {
        ...facts,
        ...{ kernel: '6.1.0-56-amd64', os: 'Debian GNU/Linux 12 (bookworm)', glibc: '2.36' },
        ...{ accelerator: 'kvm', acceleratorReason: 'a stock kernel ran under KVM in 1.2 s' },
      },
    },
  ];
}

/** The sample's cells; the Rust shim was unavailable. */
export function sampleCells(): Cell[] {
  const runc = { name: 'runc', version: '1.1.15', source: 'deb runc=1.1.15+ds1-2+b4 of trixie', sha256: sha('3f2a9c01') };
  const crun = { name: 'crun', version: '1.21', source: 'deb crun=1.21-1 of trixie', sha256: sha('b81e77d4') };
  const kata = {
    name: 'kata',
    version: '3.30.0',
    shim: 'go',
    vmm: 'qemu',
    source: 'path: as $PODPROOF_ARTIFACTS has it',
    sha256: sha('c0ffee12'),
  };
  const rust = { name: 'kata', version: '4.1.0', shim: 'rust', vmm: 'qemu', source: 'release', sha256: '' };
  const containerd = {
    name: 'containerd',
    version: '1.7.24',
    source: 'deb containerd=1.7.24~ds1-6+b4 of trixie',
    sha256: sha('9d41ab07'),
  };
  const crio = { name: 'crio', version: '1.36.3', source: 'release', sha256: sha('77aa10fe') };
  const old = {
    name: 'containerd',
    version: '1.6.20',
    source: 'deb containerd=1.6.20~ds1-1+b1 of bookworm',
    sha256: sha('01234567'),
  };
  return [
    cell('debian-13', containerd, runc),
    cell('debian-13', containerd, crun),
    cell('debian-13', containerd, kata),
    {
      ...cell('debian-13', containerd, rust),
      verdict: 'blocked',
      reason: 'Cannot fetch kata 4.1.0: the download was refused with 403; put the archive into $PODPROOF_ARTIFACTS/kata-4.1.0/',
    },
    cell('debian-13', crio, runc),
    cell('debian-13', crio, crun),
    cell('debian-13', crio, kata),
    cell('debian-12', old, runc),
  ];
}

function cell(host: string, engine: Cell['engine'], runtime: Cell['runtime']): Cell {
  const flavour = [runtime.version, runtime.shim, runtime.vmm].filter((part) => part !== undefined).join('-');
  return { id: `${host}/${engine.name}-${engine.version}/${runtime.name}-${flavour}`, host, engine, runtime, verdict: 'pass' };
}
