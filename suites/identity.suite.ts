import { effectiveConfig, kernel, plannedEngine, plannedRuntime, runtime, suite } from '../lib/suite/mod.ts';

export default suite({
  id: 'identity',
  title: 'The planned engine, runtime and configuration are what was tested',
  scenarios: [{ id: 'plain', title: 'unprivileged pod', pod: {} }],
  rules: [
    {
      id: 'ID-ENGINE',
      title: 'The engine that answers is the planned version',
      citation: 'CRI api.proto, VersionResponse.runtime_version',
      on: ['plain'],
      expect: plannedEngine(),
    },
    {
      id: 'ID-RUNTIME',
      title: 'The container was made by the planned runtime',
      citation: 'runc v1.1.15 libcontainer/factory_linux.go (state.json); crun 1.21 src/libcrun/status.c (status)',
      on: ['plain'],
      needs: [runtime('runc', 'crun')],
      expect: plannedRuntime(),
    },
    {
      id: 'ID-GUEST',
      title: "A container without a VM runs on the host's kernel",
      citation: 'Linux Documentation/admin-guide/sysctl/kernel.rst, random/boot_id',
      on: ['plain'],
      needs: [runtime('runc', 'crun')],
      expect: kernel('host'),
    },
    {
      id: 'ID-GUEST-OWN',
      title: 'A container of a VM runtime runs on a kernel of its own',
      citation: 'Linux Documentation/admin-guide/sysctl/kernel.rst, random/boot_id',
      on: ['plain'],
      needs: [runtime('kata')],
      expect: kernel('own'),
    },
    {
      id: 'ID-CONFIG',
      title: 'Every planned configuration key is effective in the running engine',
      citation: 'containerd v2.3.4 cmd/containerd/server/config/config.go: unknown keys are ignored, silently before 2.0',
      on: ['plain'],
      expect: effectiveConfig(),
    },
  ],
});
