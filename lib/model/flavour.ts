/** What makes runtimes different programs, whatever their version, and who asks for their pods. */
interface Flavoured {
  runtime: { name: string; shim?: string | undefined; vmm?: string | undefined };
  kubelet?: { version: string } | undefined;
}

/** What a flavour is made of. */
export interface FlavourParts {
  name: string;
  /** Shim and VMM, where there are such. */
  parts: string[];
  /** Who asks for its pods: `kubelet 1.37.2`; absent where podproof asks the engine itself. */
  behind?: string | undefined;
}

const word = ' behind ';

/** `kata go qemu`, `runc`, `runc behind kubelet 1.37.2`. */
export function flavourOf({ runtime: { name, shim, vmm }, kubelet }: Flavoured): string {
  const program = [name, shim, vmm].filter((part) => part !== undefined).join(' ');
  return kubelet === undefined ? program : `${program}${word}kubelet ${kubelet.version}`;
}

/** The other way round. */
export function partsOf(flavour: string): FlavourParts {
  const [program = '', ...behind] = flavour.split(word);
  const [name = '', ...parts] = program.split(' ');
  return { name, parts, behind: behind.length === 0 ? undefined : behind.join(word) };
}
