import {
  announcedAgent,
  criApi,
  effectiveConfig,
  kernel,
  plannedEngine,
  plannedRuntime,
  runtime,
  shimConfiguration,
  suite,
  vmm,
} from '../lib/suite/mod.ts';

export default suite({
  id: 'identity',
  title: 'The planned engine, runtime and configuration are what was tested',
  scenarios: [
    { id: 'plain', title: 'unprivileged pod', pod: {} },
    {
      id: 'logged',
      title: 'pod whose shim and guest are logged',
      needs: [runtime('kata'), vmm('qemu')],
      handler: 'logged',
      pod: {},
    },
  ],
  rules: [
    {
      id: 'ID-ENGINE',
      title: 'The engine that answers is the planned version',
      citation: 'CRI api.proto, VersionResponse.runtime_version',
      on: ['plain'],
      expect: plannedEngine(),
    },
    {
      id: 'ID-API',
      title: 'The engine speaks the version of the CRI that it documents',
      citation: 'containerd v1.6.0 pkg/cri: v1 beside v1alpha2; before, v1alpha2 only',
      on: ['plain'],
      expect: criApi(),
    },
    {
      id: 'ID-RUNTIME',
      title: 'The container was made by the planned runtime',
      citation:
        'runc v1.1.15 libcontainer/factory_linux.go (state.json); crun 1.21 src/libcrun/status.c (status); gVisor runsc/container/state_file.go',
      on: ['plain'],
      needs: [runtime('runc', 'crun', 'runsc')],
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
      title: 'A container of a VM runtime or of gVisor runs on a kernel of its own',
      citation: 'Linux Documentation/admin-guide/sysctl/kernel.rst, random/boot_id',
      on: ['plain'],
      needs: [runtime('kata', 'runsc')],
      expect: kernel('own'),
    },
    {
      id: 'ID-CONFIG',
      title: 'Every planned configuration key is effective in the running engine',
      citation: 'containerd v2.3.4 cmd/containerd/server/config/config.go: unknown keys are ignored, silently before 2.0',
      on: ['plain'],
      expect: effectiveConfig(),
    },
    {
      id: 'ID-SHIM-CONFIG',
      title: 'The shim says in its log that it loaded the configuration of this handler',
      citation:
        'kata-containers 4.1.0 src/runtime/pkg/katautils/config.go LoadConfiguration; src/libs/kata-types/src/config/mod.rs',
      on: ['logged'],
      expect: shimConfiguration(),
    },
    {
      id: 'ID-AGENT',
      title: 'The agent in the guest announces itself as the planned version',
      citation: 'kata-containers 4.1.0 src/agent/src/main.rs: announce',
      on: ['logged'],
      expect: announcedAgent(),
    },
  ],
});
