/** How people ask for what a question is about, where they use none of its words. */
export const asked: Readonly<Record<string, readonly string[]>> = {
  'OWN-OFF': [
    'what is the default owner of a device',
    'permission denied as a non-root user without any setting',
    'do I need the ownership flag or do supplementalGroups with the group of the device do',
  ],
  'OWN-ON': [
    'give a GPU or another device to a pod without root',
    'does the ownership setting work, since which version is device ownership supported',
  ],
  'OWN-MODE': [
    'does the engine keep the mode of a device',
    'are devices open to everybody 0666',
    'is my raw block volume writable',
  ],
  'OWN-CDI': ['who owns a CDI device, is it readable by everyone'],
  'OWN-USERNS': ['hostUsers false'],
  'GUEST-USERNS': ['hostUsers false with Kata or gVisor'],
  'OWN-QAT-DPDK': ['device plugin with hugepages and dpdk'],
  'OWN-VFIO-KATA': ['VFIO device, non-root pod, Kata', 'DPDK without root in a Kata guest'],
  'PRIV-HOST-DEV': ['does a privileged pod see the disks of the host', 'which devices does privileged give'],
  'PRIV-NO-HOST-DEV': ['privileged without the devices of the host'],
  'PRIV-CAPS-NONROOT': ['is a privileged container with runAsUser root after all'],
  'PRIV-SECCOMP': ['is seccomp on by default'],
  'PRIV-KATA-BLOCK': ['does a privileged pod work with Kata Containers'],
  'RVMM-UID': ['does the VMM run as a non-root user', 'is QEMU rootless'],
  'RVMM-DISTINCT': ['do rootless pods share an account'],
  'RVMM-LEFTOVERS': ['what is left behind by a rootless Kata pod'],
  'FC-USER': ['does Firecracker run as root, is it jailed'],
  'DEV-CGROUP': ['is a read-only device enforced'],
  'DEV-CGROUP-GUEST': ['can a pod write to a device that it got read-only'],
  'DEV-CDI-OFF': ['can CDI be turned off, disabled'],
};
