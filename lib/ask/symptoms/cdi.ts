import type { SymptomRow } from './symptom.ts';

const whoWrites = 'whoever may write to these directories may add devices, mounts and hooks to pods';

/** The Container Device Interface. */
export const cdiSymptoms: readonly SymptomRow[] = [
  {
    id: 'cdi-unknown',
    example: 'CDI device injection failed: unresolvable CDI devices vendor.com/class=name',
    cause: 'no CDI specification that this engine (or Kata’s shim, which has directories of its own) reads has this device',
    where:
      'containerd 1.7 on, CRI-O 1.24 on by annotation and 1.28 on by field, podman, docker, at CreateContainer; Kata with cold plug at RunPodSandbox.',
    questions: ['DEV-CDI-UNKNOWN', 'DEV-CDI'],
    remedies: [
      {
        do: 'write the vendor’s specification (nvidia-ctk cdi generate) into one of cdi_spec_dirs, /etc/cdi or /var/run/cdi, on the node, and name the device vendor/class=name',
        cost: whoWrites,
      },
    ],
    otherwise:
      'cdi list or nvidia-ctk cdi list on the node: if the device is there, the engine reads other directories (crictl info | grep -i cdi), or one of them is absent',
    signs: [
      {
        weight: 9,
        says: /unresolvable CDI device|unknown CDI device|CDI device .{0,60}(?:not found|unknown|does not exist)|unknown device kind|no CDI spec|CDI.{0,40}registry.{0,40}not found/i,
      },
    ],
    source: 'measured: containerd 1.7.24; read: https://github.com/cncf-tags/container-device-interface/issues/78',
  },
  {
    id: 'cdi-off',
    example: 'CDI devices (vendor.com/class=name) requested but CDI support is explicitly disabled',
    cause: 'CDI is turned off, or this version does not have it: the name is refused, or taken for a path',
    where:
      'containerd 2.3 with enable_cdi = false (before it the device is left out silently, and 2.4 has no such key: CDI is always on), docker before 28 without features.cdi, podman before 4.1, buildkit.',
    questions: ['DEV-CDI-OFF'],
    remedies: [
      {
        do: 'remove enable_cdi = false (1.7: set it to true); docker: "features": {"cdi": true}; podman 4.1, docker 25, or newer',
        cost: whoWrites,
      },
    ],
    otherwise: 'crictl info | grep -i enableCDI, docker info | grep -A2 CDI: enabled speaks for the specification',
    signs: [
      {
        weight: 9,
        says: /CDI (?:support )?(?:is |not )?(?:explicitly )?(?:disabled|not enabled|unsupported|not supported)|could not select device driver "?'?cdi|driver "?'?cdi"?'? ?(?:not found|with)|CDI device injection (?:is )?not (?:enabled|allowed)|without CDI/i,
      },
      { weight: 9, errno: ['ENOENT'], says: /\bl?stat '?"?[\w.-]+\/[\w.-]+=[\w.:-]+/i },
      {
        weight: 8,
        says: /(?:invalid|bad|is not an absolute|not an absolute).{0,60}\b[\w-]+\.[\w.-]+\/[\w.-]+=[\w.:-]+|[\w-]+\.[\w.-]+\/[\w.-]+=[\w.:-]+.{0,40}(?:is not an absolute|bad format|invalid (?:device|volume|path))/i,
        not: /unresolvable|inject/i,
      },
    ],
    source: 'read: containerd v2.3.0 internal/cri/server/container_create_linux.go; docker 28 release notes',
  },
  {
    id: 'cdi-node-missing',
    example: 'failed to inject devices: failed to stat CDI host device "/dev/dri/renderD129": no such file or directory',
    cause:
      'the CDI specification names a node or file that the host no longer has: it was written before the hardware or driver changed',
    where: 'every engine with CDI, at creation.',
    questions: ['DEV-CDI'],
    remedies: ['write the specification anew (nvidia-ctk cdi generate), at boot and after each update of the driver'],
    otherwise:
      'grep -h path: /etc/cdi/* /var/run/cdi/* | sort -u on the node, and ls of each: if all are there, another specification has the name too',
    signs: [
      {
        weight: 9,
        says: /CDI host device|CDI.{0,200}(?:no such file or directory|does not exist)|containerEdits?.{0,120}no such file|(?:inject|cdi)\w*.{0,120}(?:stat|lstat|open) .{0,80}no such file/i,
        not: /unresolvable|failed to (?:load|read|open|parse) CDI|spec(?:ification)? dir/i,
      },
    ],
    source: 'read: tags.cncf.io/container-device-interface pkg/cdi/container-edits_unix.go',
  },
  {
    id: 'cdi-spec-invalid',
    example: 'failed to load CDI Spec /etc/cdi/nvidia.yaml: invalid device "a b"',
    cause:
      'a CDI specification cannot be read, is of a version that the engine does not know, or two of them have the same device',
    where: 'every engine with CDI; one bad file may hide the devices of all.',
    questions: ['DEV-CDI'],
    remedies: ['remove or mend the named file; one specification for each kind; a generator of the engine’s CDI version'],
    otherwise: 'cdi validate, or nvidia-ctk cdi list on the node: without a complaint there the engine’s own library is older',
    signs: [
      {
        weight: 9,
        says: /(?:load|read|parse|unmarshal|validate|open)\w* (?:the )?CDI|invalid CDI|CDI.{0,60}(?:conflict|invalid|unsupported version|version|parse|unmarshal|malformed)|conflicting device (?!updates)|invalid (?:device|vendor|class) (?:name )?"|cdiVersion|CDI spec(?:s|ification)?.{0,60}(?:fail|error|invalid)/i,
        not: /unresolvable|no such file or directory|disabled/i,
      },
    ],
    source: 'read: tags.cncf.io/container-device-interface pkg/cdi/spec.go',
  },
  {
    id: 'cdi-guest-timeout',
    example: 'failed to inject devices after CDI timeout of 100 seconds',
    cause:
      'Kata’s agent waits in vain for a CDI specification in the guest: the guest has no driver or generator for this device',
    where: 'Kata 3.13 on, pods with a cdi.k8s.io annotation or a VFIO device of that kind.',
    ranges: ['kata >=3.13.0'],
    questions: ['DEV-CDI'],
    remedies: [
      'a guest image with driver and nvidia-ctk (configuration-qemu-nvidia-gpu), and the device plugged in by VFIO; or no CDI annotation',
    ],
    otherwise:
      'the guest’s console (kata-runtime exec): a specification in /var/run/cdi there speaks for another kind in its name',
    signs: [{ weight: 9, says: /CDI timeout|after CDI|CDI.{0,40}timed? ?out|waiting for CDI/i }],
    source: 'read: kata-containers src/agent/src/rpc.rs; https://github.com/kata-containers/kata-containers/issues/10891',
  },
];
