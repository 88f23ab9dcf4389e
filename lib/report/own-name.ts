import { engines } from '../engines/facts.ts';
import { runtimes } from '../runtimes/facts.ts';
import { vmms } from '../runtimes/kata/facts.ts';
import { partsOf } from '../model/flavour.ts';

/** Engines, runtimes and the parts of a flavour as their owners write them. */
const names: ReadonlyMap<string, string> = new Map([
  ['go', 'Go'],
  ['rust', 'Rust'],
  ...[engines, runtimes, vmms].flatMap((kinds) => Object.entries(kinds).map(([name, { ownName }]) => [name, ownName] as const)),
]);

/** `CRI-O` of `crio`, `Kata Containers (Go, QEMU)` of `kata go qemu`, `runc behind kubelet 1.37.2` as it is. */
export function ownName(flavour: string): string {
  const { name, parts, behind } = partsOf(flavour);
  const own = (word: string): string => names.get(word) ?? word;
  return `${own(name)}${parts.length === 0 ? '' : ` (${parts.map(own).join(', ')})`}${behind === undefined ? '' : ` behind ${behind}`}`;
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
