import { engines } from '../engines/facts.ts';
import { runtimes } from '../runtimes/facts.ts';
import { vmms } from '../runtimes/kata/facts.ts';

/** Engines, runtimes and the parts of a flavour as their owners write them. */
const names: ReadonlyMap<string, string> = new Map([
  ['go', 'Go'],
  ['rust', 'Rust'],
  ...[engines, runtimes, vmms].flatMap((kinds) => Object.entries(kinds).map(([name, { ownName }]) => [name, ownName] as const)),
]);

/** `CRI-O` of `crio`, `Kata Containers (Go, QEMU)` of `kata go qemu`, `runc behind kubelet 1.37.2` as it is. */
export function ownName(flavour: string): string {
  const [program = '', ...behind] = flavour.split(/(?= behind )/);
  const [name = '', ...parts] = program.split(' ').map((word) => names.get(word) ?? word);
  return [parts.length === 0 ? name : `${name} (${parts.join(', ')})`, ...behind].join('');
}

/** `CRI-O 1.36.3`, `Kata Containers 4.1.0 (Go, QEMU)`. */
export function ownTitle(part: { name: string; version: string; shim?: string | undefined; vmm?: string | undefined }): string {
  const flavour = [part.shim, part.vmm].filter((each) => each !== undefined).map(ownName);
  return `${ownName(part.name)} ${part.version}${flavour.length === 0 ? '' : ` (${flavour.join(', ')})`}`;
}

/** `CRI-O 1.36.3` of `crio 1.36.3`. */
export function ownLabel(label: string): string {
  const [name = '', ...rest] = label.split(' ');
  return [names.get(name) ?? name, ...rest].join(' ');
}
