import { expect, test } from 'vitest';
import { kubeletArgv, kubeletConfiguration, kubeletPlaces, type KubeletSpec } from './config.ts';

const spec = (change: Partial<KubeletSpec> = {}): KubeletSpec => ({
  version: '1.37.2',
  binary: '/opt/podproof/kubelet/bin/kubelet',
  directory: '/var/lib/podproof/kubelet-1.37.2',
  cgroupDriver: 'systemd',
  ...change,
});

test('a kubelet keeps pods, certificates and logs below its own directory, and talks to the engine by the relay', () => {
  const { directory } = spec();
  const configuration = kubeletConfiguration(spec());
  expect(configuration).toMatchObject({
    cgroupDriver: 'systemd',
    containerRuntimeEndpoint: `unix://${directory}/engine/engine.sock`,
    staticPodPath: `${directory}/manifests`,
    podLogsDir: `${directory}/logs`,
    makeIPTablesUtilChains: false,
  });
  const own = kubeletArgv(spec()).filter((word) => /^--\w+-dir=/.test(word));
  expect(own.map((word) => word.split('=')[1]?.startsWith(`${directory}/`))).toEqual([true, true]);
});

test('it listens on its host’s loopback only', () => {
  expect(kubeletConfiguration(spec())).toMatchObject({ address: '127.0.0.1' });
});

test('a version that cannot move the logs of pods has them where they always were', () => {
  expect(kubeletConfiguration(spec({ version: '1.28.15' }))).not.toHaveProperty('podLogsDir');
  expect(kubeletPlaces(spec({ version: '1.28.15' })).podLogs).toBe('/var/log/pods');
});

test.each([
  ['1.28.15', { UserNamespacesSupport: true, SidecarContainers: true }],
  ['1.32.2', { UserNamespacesSupport: true }],
  ['1.37.2', undefined],
])('%s opens the gates of what is no default yet', (version, gates) => {
  expect(kubeletConfiguration(spec({ version }))['featureGates']).toEqual(gates);
});

test('the static CPU manager reserves a part for everybody else, without which the kubelet does not start', () => {
  expect(kubeletConfiguration(spec({ cpuManager: 'static' }))).toMatchObject({
    cpuManagerPolicy: 'static',
    systemReserved: { cpu: '500m' },
  });
  expect(kubeletConfiguration(spec())).not.toHaveProperty('cpuManagerPolicy');
});
