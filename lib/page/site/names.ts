/** Engines, runtimes and the parts of a flavour as their owners write them. */
const names = new Map([
  ['crio', 'CRI-O'],
  ['runsc', 'gVisor'],
  ['kata', 'Kata Containers'],
  ['go', 'Go'],
  ['rust', 'Rust'],
  ['qemu', 'QEMU'],
  ['clh', 'Cloud Hypervisor'],
  ['dragonball', 'Dragonball'],
]);

/** `CRI-O` of `crio`, `Kata Containers (Go, QEMU)` of `kata go qemu`. */
export function ownName(flavour: string): string {
  const [name = '', ...parts] = flavour.split(' ').map((word) => names.get(word) ?? word);
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`;
}
