import fc from 'fast-check';
import { expect, test } from 'vitest';
import { capabilities, createOptions } from './options.ts';
import type { ContainerPlan } from './options.ts';

const plan: ContainerPlan = {
  image: 'podproof-host:trixie',
  token: 'podproof-0123456789ab',
  run: 'r',
  devices: ['/dev/kvm'],
  loops: [123_456, 123_457],
  capabilities: ['SYS_ADMIN'],
  disposable: false,
};

test('without the marker a container is not privileged, and of all block devices it may use its two loops', () => {
  const { HostConfig } = createOptions(plan);
  expect(HostConfig.Privileged).toBe(false);
  const rules = HostConfig.DeviceCgroupRules ?? [];
  expect(rules.filter((rule) => !rule.startsWith('c '))).toEqual(['b 7:123456 rwm', 'b 7:123457 rwm']);
  expect(rules.join()).not.toMatch(/\*|^a/);
  expect(HostConfig.Devices).toMatchObject([{ PathOnHost: '/dev/loop-control' }, { PathOnHost: '/dev/kvm' }]);
  expect(HostConfig.Binds).toBeUndefined();
});

test('with the marker it is privileged in the daemon’s sense', () => {
  expect(createOptions({ ...plan, disposable: true }).HostConfig).toMatchObject({ Privileged: true });
});

test('it has no network, cgroups of its own, and a volume that goes with it', () => {
  const { HostConfig, Labels } = createOptions(plan);
  expect(HostConfig).toMatchObject({ NetworkMode: 'none', CgroupnsMode: 'private' });
  expect(HostConfig.Mounts).toMatchObject([{ Type: 'volume', VolumeOptions: { Labels: { 'podproof.token': plan.token } } }]);
  expect(Labels).toMatchObject({ 'podproof.token': plan.token, 'podproof.run': 'r' });
});

test('it gets the capabilities that the machine has, and none to change the machine’s kernel, clock or power', () => {
  const all = capabilities('000001ffffffffff');
  expect(all).toContain('SYS_RESOURCE');
  expect(all).toHaveLength(35);
  for (const name of ['SYS_MODULE', 'SYS_BOOT', 'SYS_TIME']) expect(all).not.toContain(name);
  expect(capabilities('000001fffeffffff')).toEqual(all.filter((name) => name !== 'SYS_RESOURCE'));
});

test('the bounding set of a container around podproof says nothing of the daemon', () => {
  expect(capabilities('00000000a80425fb')).toEqual(capabilities('000001ffffffffff'));
});

test('of any set with CAP_SYS_ADMIN, no capability is taken that is not in it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 41n) - 1n }), (mask) => {
      const withAdmin = mask | (1n << 21n);
      const bits = withAdmin
        .toString(2)
        .split('')
        .filter((bit) => bit === '1').length;
      expect(capabilities(withAdmin.toString(16)).length).toBeLessThanOrEqual(bits);
      expect(capabilities(withAdmin.toString(16))).toContain('SYS_ADMIN');
    }),
  );
});
