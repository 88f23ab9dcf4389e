/** How people ask for what a question is about, where they use none of its words. */
export const asked: Readonly<Record<string, readonly string[]>> = {
  'OWN-OFF': ['what is the default owner of a device', 'permission denied as a non-root user without any setting'],
  'OWN-ON': ['give a GPU or another device to a pod without root', 'does the ownership setting work'],
  'OWN-MODE': ['does the engine keep the mode of a device', 'are devices open to everybody 0666'],
  'OWN-USERNS': ['hostUsers false'],
  'OWN-QAT-DPDK': ['device plugin with hugepages and dpdk'],
  'PRIV-HOST-DEV': ['does a privileged pod see the disks of the host', 'which devices does privileged give'],
  'PRIV-NO-HOST-DEV': ['privileged without the devices of the host'],
  'PRIV-CAPS-NONROOT': ['is a privileged container with runAsUser root after all'],
  'PRIV-KATA-HOST-DEV': ['does a privileged pod work with Kata Containers'],
  'RVMM-UID': ['does the VMM run as a non-root user', 'is QEMU rootless'],
  'RVMM-LEFTOVERS': ['what is left behind by a rootless Kata pod'],
  'DEV-CGROUP': ['is a read-only device enforced'],
  'DEV-CDI-OFF': ['can CDI be turned off, disabled'],
};
