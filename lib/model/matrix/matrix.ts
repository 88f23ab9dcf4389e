import { z } from 'zod';
import { engines, type EngineName as Engine } from '../../engines/facts.ts';
import { HostSpec } from '../../hosts/facts.ts';
import { runtimes, type RuntimeName as Runtime } from '../../runtimes/facts.ts';
import { shims, vmmNames } from '../../runtimes/kata/facts.ts';
import { keysOf } from '../../util/keys-of.ts';
import { newest } from '../version.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9.+-]*$/, 'expected lower-case letters, digits, dots and dashes');
const releaseVersion = /^v?\d+(\.\d+)*([-~.](alpha|beta|rc)\.?\d*)?$/;
const version = z
  .string()
  .regex(new RegExp(`${releaseVersion.source}|^${newest}$`), `expected a version like 1.7.24 or 2.4.0-beta.0, or "${newest}"`)
  .describe('Like 1.7.24; or "newest" of a deb source, which takes what the suite has');

/** Whether a text is the version of a release, as a matrix names it and a cell's id holds it. */
export function isReleaseVersion(text: string): boolean {
  return releaseVersion.test(text);
}

/** Where the binaries of one version come from. */
export const Source = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('deb'),
      suite: z
        .string()
        .regex(/^[a-z][a-z0-9-]*$/, 'expected a Debian suite like trixie')
        .describe('Debian suite: bookworm, trixie, sid'),
      packages: z
        .array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'expected the name of a Debian package'))
        .min(1)
        .describe('Package names; the first one carries the version'),
    })
    .describe('Packages of a Debian suite, unpacked into a prefix and never installed'),
  z
    .strictObject({
      kind: z.literal('path'),
      path: z.string().optional().describe('Directory or tarball; without it $PODPROOF_ARTIFACTS/<name>-<version>/ is taken'),
    })
    .describe('Binaries that you have'),
  z
    .strictObject({
      kind: z.literal('release'),
      url: z.string().optional().describe("Overrides the upstream project's own URL of this version"),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')
        .optional(),
    })
    .describe("The upstream project's release archive"),
]);
export type Source = z.infer<typeof Source>;

export const EngineName = z.enum(keysOf(engines));
export type EngineName = Engine;
export const RuntimeName = z.enum(keysOf(runtimes));
export type RuntimeName = Runtime;

export const EngineVersion = z.strictObject({ version, source: Source });
export type EngineVersion = z.infer<typeof EngineVersion>;
export const RuntimeVersion = z.strictObject({
  version,
  source: Source,
  shim: z.enum(shims).optional().describe('Kata: which containerd-shim-kata-v2'),
  vmm: z.enum(vmmNames).optional().describe('Kata: which VMM'),
});
export type RuntimeVersion = z.infer<typeof RuntimeVersion>;

export const CniPlugins = z
  .strictObject({ version, source: Source })
  .describe('CNI plugins for the pod networks of every engine; without it each host has to have its own in /usr/lib/cni');
export type CniPlugins = z.infer<typeof CniPlugins>;

export const KubeletVersion = z.strictObject({ version, source: Source });
export type KubeletVersion = z.infer<typeof KubeletVersion>;

/** `containerd`, `containerd@1.7.24`, `kata@3.30.0-go-qemu` or `*`. */
const pick = z.string().regex(/^(\*|[a-z]+(@[\w.+-]+)?)$/, 'expected a name or name@version, like containerd@1.7.24');

export const Profile = z.strictObject({
  title: z.string(),
  hosts: z.array(id).min(1),
  engines: z.array(pick).min(1),
  runtimes: z.array(pick).min(1),
  kubelets: z
    .array(pick)
    .min(1)
    .optional()
    .describe(
      'kubelets that run in front of the engines, each in cells of its own; without it pods are asked of the engines directly',
    ),
  suites: z.array(id).min(1),
  coverage: z
    .enum(['all', 'pairs'])
    .optional()
    .describe(
      'all: every combination, the default; pairs: enough of them that any two of host, engine and runtime version that go together are tested together',
    ),
});
export type Profile = z.infer<typeof Profile>;

export const Exclusion = z.strictObject({
  host: id.optional(),
  engine: pick.optional(),
  runtime: pick.optional(),
  why: z.string().min(10).describe('The reason that the plan and the report show'),
});

/** matrix.json. Unknown keys are refused, so that a typo never drops a cell silently. */
export const Matrix = z.strictObject({
  $schema: z.string().optional(),
  hosts: z.record(id, HostSpec),
  engines: z.partialRecord(EngineName, z.array(EngineVersion)),
  runtimes: z.partialRecord(RuntimeName, z.array(RuntimeVersion)),
  cni: CniPlugins.optional(),
  kubelet: z.array(KubeletVersion).optional().describe('Kubelets that run without an API server, for profiles with "kubelets"'),
  exclude: z.array(Exclusion).default([]),
  profiles: z.record(id, Profile),
});
export type Matrix = z.infer<typeof Matrix>;
