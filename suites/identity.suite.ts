import {
  announcedAgent,
  criApi,
  effectiveConfig,
  engineVersion,
  feature,
  kernel,
  lacks,
  question,
  runtime,
  runtimeState,
  shimConfiguration,
  suite,
  vmm,
} from '../lib/suite/mod.ts';

const bootId = 'Linux Documentation/admin-guide/sysctl/kernel.rst, random/boot_id';

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
  questions: [
    question({
      id: 'ID-ENGINE',
      asks: 'Is the engine that answers the planned version?',
      on: ['plain'],
      reads: { engine: engineVersion() },
      answers: { planned: { short: 'yes', says: 'yes', seen: { engine: 'planned' } } },
      documented: { planned: 'CRI api.proto, VersionResponse.runtime_version' },
    }),
    question({
      id: 'ID-API',
      asks: 'Which version of the CRI does the engine serve?',
      on: ['plain'],
      reads: { api: criApi() },
      answers: { v1: { says: 'v1', seen: { api: 'v1' } }, v1alpha2: { says: 'v1alpha2', seen: { api: 'v1alpha2' } } },
      documented: [
        { answer: 'v1', where: [feature('cri-v1')], citation: 'containerd v1.6.0 pkg/cri: v1 beside v1alpha2' },
        { answer: 'v1alpha2', where: [lacks('cri-v1')], citation: 'containerd v1.5.18 pkg/cri: v1alpha2 only' },
      ],
    }),
    question({
      id: 'ID-RUNTIME',
      asks: 'Was the container made by the planned runtime?',
      on: ['plain'],
      needs: [runtime('runc', 'crun', 'runsc')],
      reads: { state: runtimeState() },
      answers: { planned: { short: 'yes', says: 'yes: its state is on the host', seen: { state: 'planned' } } },
      documented: {
        planned:
          'runc v1.1.15 libcontainer/factory_linux.go (state.json); crun 1.21 src/libcrun/status.c (status); gVisor runsc/container/state_file.go',
      },
    }),
    question({
      id: 'ID-GUEST',
      asks: 'On whose kernel does a container without a VM run?',
      on: ['plain'],
      needs: [runtime('runc', 'crun')],
      reads: { kernel: kernel() },
      answers: {
        host: { short: 'the host’s', says: 'on the host’s', seen: { kernel: 'host' } },
        own: { short: 'its own', says: 'on one of its own', seen: { kernel: 'own' } },
      },
      documented: { host: bootId },
    }),
    question({
      id: 'ID-GUEST-OWN',
      asks: 'On whose kernel does a container of a VM runtime or of gVisor run?',
      on: ['plain'],
      needs: [runtime('kata', 'runsc')],
      reads: { kernel: kernel() },
      answers: {
        own: { short: 'its own', says: 'on one of its own', seen: { kernel: 'own' } },
        host: { short: 'the host’s', says: 'on the host’s', harm: 'weakens', seen: { kernel: 'host' } },
      },
      documented: { own: bootId },
    }),
    question({
      id: 'ID-CONFIG',
      asks: 'Is every planned configuration key effective in the running engine?',
      on: ['plain'],
      reads: { keys: effectiveConfig() },
      answers: { planned: { short: 'yes', says: 'yes', seen: { keys: 'planned' } } },
      documented: {
        planned: 'containerd v2.3.4 cmd/containerd/server/config/config.go: unknown keys are ignored, silently before 2.0',
      },
    }),
    question({
      id: 'ID-SHIM-CONFIG',
      asks: 'Does the shim load the configuration of this handler?',
      on: ['logged'],
      reads: { configuration: shimConfiguration() },
      answers: { planned: { short: 'yes', says: 'yes: its log names the file', seen: { configuration: 'planned' } } },
      documented: {
        planned:
          'kata-containers 4.1.0 src/runtime/pkg/katautils/config.go LoadConfiguration; src/libs/kata-types/src/config/mod.rs',
      },
    }),
    question({
      id: 'ID-AGENT',
      asks: 'Is the agent in the guest of the planned version?',
      on: ['logged'],
      reads: { agent: announcedAgent() },
      answers: { planned: { short: 'yes', says: 'yes: it announces itself', seen: { agent: 'planned' } } },
      documented: { planned: 'kata-containers 4.1.0 src/agent/src/main.rs: announce' },
    }),
  ],
});
