import { describe, expect, it } from 'vitest';
import { cell, kataCell } from '../testing/evidence.ts';
import {
  appArmorHost,
  disposableHost,
  engine,
  feature,
  hugepages,
  ownKernel,
  runtime,
  shim,
  spareFunction,
  takesStandIns,
} from './requirement.ts';
import { hasFeature } from '../model/feature.ts';
import type { CellFacts, Requirement } from './requirement.ts';

const crio: CellFacts = { ...cell, engine: { name: 'crio', version: '1.36.3' } };
const old: CellFacts = { ...cell, engine: { name: 'containerd', version: '1.5.18' } };

describe('requirement', () => {
  it.for<[Requirement, CellFacts]>([
    [engine('containerd'), cell],
    [engine('containerd >=1.6 <2.0'), cell],
    [engine('crio', 'containerd'), crio],
    [runtime('runc', 'crun'), cell],
    [runtime('kata >=3'), kataCell],
    [shim('go'), kataCell],
    [feature('cdi'), cell],
    [takesStandIns, cell],
  ])('$0.text is met', ([requirement, facts]) => {
    expect(requirement.unmet(facts)).toBeUndefined();
  });

  it.for<[Requirement, CellFacts, string]>([
    [engine('containerd >=2.0'), cell, 'applies to containerd >=2.0, this is containerd 1.7.24'],
    [engine('crio', 'containerd >=2.0'), cell, 'applies to crio or containerd >=2.0, this is containerd 1.7.24'],
    [runtime('kata'), cell, 'applies to kata, this is runc 1.1.15'],
    [shim('rust'), kataCell, 'applies to the rust shim, this is go'],
    [shim('rust'), cell, 'applies to the rust shim, this is no shim of Kata'],
    [feature('device-ownership'), old, 'containerd 1.5.18 has no device-ownership: containerd >=1.6.0 or crio >=1.22.0 has'],
    [takesStandIns, kataCell, 'its VFIO groups are stand-ins, whose functions Kata looks for in /sys/kernel/iommu_groups'],
  ])('$0.text says why it is not met: $2', ([requirement, facts, why]) => {
    expect(requirement.unmet(facts)).toBe(why);
  });

  it('on the host holds until the host was up, as nobody knows better', () => {
    const { fixtures: _fixtures, ...notUp } = cell;
    for (const requirement of [ownKernel, disposableHost, spareFunction, hugepages, appArmorHost]) {
      expect(requirement.unmet(notUp)).toBeUndefined();
    }
  });

  it('on the host says what the host lacks', () => {
    const bare = { ...cell, fixtures: { ...cell.fixtures, vfioGroup: null, hugepages: null } } as CellFacts;
    expect(spareFunction.unmet(bare)).toBe('the host has no spare PCI function in an IOMMU group that vfio-pci can take');
    expect(hugepages.unmet(bare)).toBe('the host has no huge pages');
    const shared = { ...cell, facts: { ownKernel: false, disposable: false, appArmor: false } } as CellFacts;
    expect(appArmorHost.unmet(shared)).toBe('the host has no AppArmor, or no apparmor_parser to load profiles with');
    expect(ownKernel.unmet(shared)).toBe('shares the kernel');
    expect(disposableHost.unmet(shared)).toBe("would reach this machine's disks");
  });

  it('reads as the end of "applies to"', () => {
    const requirements = [
      takesStandIns,
      appArmorHost,
      ownKernel,
      disposableHost,
      spareFunction,
      hugepages,
      feature('cdi'),
      engine('crio'),
      shim('go'),
    ];
    for (const { text } of requirements) expect(text).toMatch(/^[a-z].*[^.]$/);
  });
});

describe('feature', () => {
  it.for([
    ['containerd', '1.7.24', 'all-devices-allowed', true],
    ['containerd', '1.6.39', 'all-devices-allowed', false],
    ['crio', '1.36.3', 'all-devices-allowed', false],
    ['containerd', '1.7.24', 'cdi-off-refuses', false],
    ['containerd', '2.0.0-rc.1', 'cdi-off-refuses', false],
    ['containerd', '2.3.0', 'cdi-off-refuses', true],
    ['crio', '1.21.7', 'device-ownership', false],
    ['crio', '1.22.0', 'device-ownership', true],
    ['docker', '29', 'cdi', false],
  ] as const)('of %s %s: %s is %s', ([name, version, feature, there]) => {
    expect(hasFeature({ name, version }, feature)).toBe(there);
  });
});
