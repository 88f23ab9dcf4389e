import { runtimeFacts, type RuntimeName } from '../runtimes/facts.ts';
import { keysOf } from '../util/keys-of.ts';

/** What a Kata handler's own configuration file says besides the prefix's template. */
export interface KataSettings {
  rootless?: boolean;
  /** Added to `enable_annotations`. */
  enableAnnotations?: string[];
  /** Hot-plug port for VFIO; without it the template's `no-port` stays. */
  hotPlugVfio?: 'root-port';
  vfioMode?: 'guest-kernel' | 'vfio';
  /** QEMU's own seccomp filter, as kata-containers 4.1.0 recommends in configuration-qemu.toml.in. */
  seccompSandbox?: true;
  /** Firecracker is started without its jailer, which the template names. */
  jailer?: false;
  /** The shim waits for its guest as long as the template says, also where KVM is emulated: none will boot. */
  patience?: 'as shipped';
  /**
   * The whole sandbox is in the control group of its pod. Without it the shim takes what systemd would call a scope for the path of a
   * group (kata-containers 4.1.0 src/runtime/pkg/resourcecontrol/cgroups.go, NewSandboxResourceController).
   */
  sandboxCgroupOnly?: true;
  /** The guest's console goes to the shim's log, and with it how the agent announces itself. */
  guestConsole?: true;
}

export interface HandlerVariant {
  /** What a privileged pod gets of the host's devices: `privileged_without_host_devices` and its companion. */
  hostDevices: 'passed' | 'withheld' | 'all-allowed';
  /** Only for Kata. */
  kata?: KataSettings;
}

/** The handlers that scenarios ask for by name. A plain one passes host devices to privileged pods, as engines do by default. */
export const handlerVariants = {
  plain: { hostDevices: 'passed' },
  withheld: { hostDevices: 'withheld' },
  'all-allowed': { hostDevices: 'all-allowed' },
  rootless: { hostDevices: 'withheld', kata: { rootless: true } },
  'rootless-unbooted': { hostDevices: 'withheld', kata: { rootless: true, patience: 'as shipped' } },
  logged: { hostDevices: 'withheld', kata: { guestConsole: true } },
  'in-slice': { hostDevices: 'passed', kata: { sandboxCgroupOnly: true } },
  unjailed: { hostDevices: 'withheld', kata: { jailer: false } },
  confined: { hostDevices: 'withheld', kata: { rootless: true, seccompSandbox: true } },
  annotated: { hostDevices: 'withheld', kata: { enableAnnotations: ['rootless'] } },
  vfio: { hostDevices: 'withheld', kata: { hotPlugVfio: 'root-port', vfioMode: 'guest-kernel' } },
  'vfio-in-guest': { hostDevices: 'withheld', kata: { hotPlugVfio: 'root-port', vfioMode: 'vfio' } },
  'vfio-passed': { hostDevices: 'passed', kata: { hotPlugVfio: 'root-port', vfioMode: 'vfio' } },
  'rootless-vfio': { hostDevices: 'withheld', kata: { rootless: true, hotPlugVfio: 'root-port', vfioMode: 'guest-kernel' } },
} as const satisfies Record<string, HandlerVariant>;
export type HandlerVariantName = keyof typeof handlerVariants;

/** Whether a machine is to boot for a pod of this handler. */
export function boots(variant: HandlerVariantName = 'plain'): boolean {
  const { kata }: HandlerVariant = handlerVariants[variant];
  return kata?.patience !== 'as shipped';
}

/** The variants that a runtime family can have. */
export function variantsOf(runtime: RuntimeName): HandlerVariantName[] {
  return keysOf(handlerVariants).filter(
    (name) => runtimeFacts(runtime).shims !== undefined || !('kata' in handlerVariants[name]),
  );
}
