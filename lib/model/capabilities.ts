/** Capabilities in the order of their bits (linux/capability.h, Linux 5.9 on). */
export const capabilityNames = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

/** Of what is added to a container (`NET_ADMIN`, `CAP_NET_ADMIN`, `ALL`), the names that a set lacks. */
export function capabilitiesLacking(added: readonly string[], set: string): string[] {
  const names = added.map((name) => name.toUpperCase().replace(/^CAP_/, ''));
  const held = new Set(capabilitiesIn(set));
  return (names.includes('ALL') ? capabilityNames : [...new Set(names)]).filter((name) => !held.has(name));
}

/** The names in a set as /proc/PID/status prints it, 16 hexadecimal digits; a bit without a name is `CAP_41`. */
export function capabilitiesIn(set: string): string[] {
  const mask = /^[0-9a-f]{1,16}$/i.test(set) ? BigInt(`0x${set}`) : 0n;
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => ((mask >> BigInt(bit)) & 1n) === 1n)
    .map((bit) => capabilityNames[bit] ?? `CAP_${bit}`);
}
