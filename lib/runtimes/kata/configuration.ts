import { guestMemoryMiB } from './facts.ts';
import type { KataPrefix } from './prefix.ts';
import type { KataSettings } from '../../suite/handler.ts';
import { parseToml, writeToml, type TomlTable, type TomlValue } from '../../util/toml.ts';

/** The prefix that upstream compiles into its templates. */
const upstreamPrefix = '/opt/kata';

/**
 * Time to boot where KVM itself is emulated: 79 recorded sandboxes that came up took 21 to 155 s. Elsewhere what the template
 * says holds, 45 s for the Go shim: a guest that never answers costs no more.
 */
const patienceSeconds = 150;

/** Recommended in kata-containers 4.1.0 src/runtime/config/configuration-qemu.toml.in. */
const seccompSandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

/** Whose configuration it is. */
export interface KataInstallation {
  prefix: KataPrefix;
  /** Where the prefix is on the host. */
  onHost: string;
  shim: 'go' | 'rust';
  /** The guest runs on an emulated machine. */
  emulated: boolean;
}

/**
 * One handler's own configuration file: the prefix's template with its paths moved to where the prefix is on the host, and
 * the settings of the variant. Keys by version: kata-containers 3.30.0 src/runtime/config, src/runtime-rs/config.
 */
export function kataConfiguration(template: string, installation: KataInstallation, settings: KataSettings): string {
  const { shim, onHost, emulated } = installation;
  const table = parseToml(template.replaceAll(upstreamPrefix, onHost));
  const hypervisor = firstTable(table['hypervisor'], 'hypervisor');
  takeWhatIsThere(hypervisor, installation);
  hypervisor['default_memory'] = guestMemoryMiB;
  hypervisor['rootless'] = settings.rootless ?? false;
  // A console that is logged makes the guest say more, and boot later.
  hypervisor['enable_debug'] = settings.guestConsole ?? false;
  if (settings.enableAnnotations !== undefined) {
    const enabled = Array.isArray(hypervisor['enable_annotations']) ? hypervisor['enable_annotations'] : [];
    hypervisor['enable_annotations'] = [...enabled, ...settings.enableAnnotations];
  }
  if (settings.seccompSandbox === true) hypervisor[shim === 'go' ? 'seccompsandbox' : 'seccomp_sandbox'] = seccompSandbox;
  if (settings.jailer === false) delete hypervisor['jailer_path'];
  const agent = firstTable(table['agent'], 'agent');
  const runtime = asTable(table['runtime'], 'runtime');
  const waitsLonger = emulated && settings.patience !== 'as shipped';
  if (waitsLonger && shim === 'go') agent['dial_timeout'] = patienceSeconds;
  else if (waitsLonger) {
    agent['reconnect_timeout_ms'] = patienceSeconds * 1000;
    agent['create_container_timeout'] = patienceSeconds;
  }
  if (settings.hotPlugVfio !== undefined) {
    hypervisor['pcie_root_port'] = 2;
    // runtime-rs chooses the port by pcie_root_port alone since 3.29.0.
    if (shim === 'go') hypervisor['hot_plug_vfio'] = settings.hotPlugVfio;
  }
  if (settings.sandboxCgroupOnly === true) runtime['sandbox_cgroup_only'] = true;
  if (settings.vfioMode !== undefined) runtime['vfio_mode'] = settings.vfioMode;
  // The line "loaded configuration" proves which file the shim read; it is logged at the level info or debug by version.
  runtime['enable_debug'] = true;
  return writeToml(table);
}

/**
 * What a guest is started from: kernel and image or initrd that this template comes to, relative to the prefix; what is named
 * below it and is not there too; whether QEMU gives it the image as an NVDIMM. Throws Error for a template that is none.
 */
export function guestFiles(template: string, prefix: KataPrefix): { there: string[]; missing: string[]; nvdimm: boolean } {
  const hypervisor = firstTable(parseToml(template)['hypervisor'], 'hypervisor');
  takeWhatIsThere(hypervisor, { prefix, onHost: upstreamPrefix, shim: 'go', emulated: false });
  const named = ['kernel', 'image', 'initrd'].flatMap((key) => {
    const value = hypervisor[key];
    return typeof value === 'string' && value.startsWith(`${upstreamPrefix}/`) ? [value.slice(upstreamPrefix.length + 1)] : [];
  });
  const has = new Set([...prefix.kernels, ...prefix.images, ...prefix.initrds]);
  // runtime-rs names the device. The Go shim, with QEMU, has one other than NVDIMM where it is told so.
  const driver = hypervisor['vm_rootfs_driver'];
  const nvdimm = typeof driver === 'string' ? /pmem|nvdimm/.test(driver) : hypervisor['disable_image_nvdimm'] !== true;
  return { there: named.filter((path) => has.has(path)), missing: named.filter((path) => !has.has(path)), nvdimm };
}

/**
 * Templates name what upstream's archive has. Where the prefix has no VMM or virtiofsd, those of the host's distribution are
 * taken; a guest is started from the kernel, image or initrd that is there.
 */
function takeWhatIsThere(hypervisor: TomlTable, { prefix, onHost }: KataInstallation): void {
  const there = (path: string): boolean => [...prefix.kernels, ...prefix.images, ...prefix.initrds].includes(path);
  const local = (key: string): string | undefined => {
    const value = hypervisor[key];
    return typeof value === 'string' && value.startsWith(`${onHost}/`) ? value.slice(onHost.length + 1) : undefined;
  };
  const vmm = local('path');
  const program = vmm?.slice(vmm.lastIndexOf('/') + 1);
  if (program !== undefined && prefix.vmms[program] === undefined) {
    hypervisor['path'] = `/usr/bin/${program}`;
    hypervisor['valid_hypervisor_paths'] = [`/usr/bin/${program}`];
  }
  if (local('virtio_fs_daemon') !== undefined && prefix.virtiofsd === undefined) {
    hypervisor['virtio_fs_daemon'] = '/usr/libexec/virtiofsd';
    hypervisor['valid_virtio_fs_daemon_paths'] = ['/usr/libexec/virtiofsd'];
  }
  const kernel = local('kernel');
  if (kernel !== undefined && !there(kernel) && prefix.kernels[0] !== undefined)
    hypervisor['kernel'] = `${onHost}/${prefix.kernels[0]}`;
  const image = local('image');
  if (image === undefined || there(image)) return;
  const [other] = prefix.images;
  const [initrd] = prefix.initrds;
  if (other !== undefined) hypervisor['image'] = `${onHost}/${other}`;
  else if (initrd !== undefined) {
    // Both are refused: "cannot set both image and initrd at the same time".
    delete hypervisor['image'];
    hypervisor['initrd'] = `${onHost}/${initrd}`;
  }
}

function firstTable(value: TomlValue | undefined, name: string): TomlTable {
  const [first] = Object.entries(asTable(value, name));
  if (first === undefined) throw new Error(`Cannot configure Kata: [${name}] of the template has no table below it`);
  return asTable(first[1], `${name}.${first[0]}`);
}

function asTable(value: TomlValue | undefined, name: string): TomlTable {
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Error(`Cannot configure Kata: the template has no table [${name}]`);
  return value;
}
