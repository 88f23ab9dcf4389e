import { z } from 'zod';
import { Baseline } from './baseline.ts';
import { HostFacts } from './host-facts.ts';
import { Harm, VerdictName } from './verdict.ts';

/** One hop of the way of a value: manifest → kubelet → CRI request → engine configuration → OCI spec → host node → guest node. */
export const Layer = z.object({
  layer: z.enum(['manifest', 'kubelet', 'cri', 'engine-config', 'oci-spec', 'host', 'guest']),
  value: z.string(),
  /** The first layer where the value is no longer what the question expects. */
  changed: z.boolean(),
});
export type Layer = z.infer<typeof Layer>;

export const Artifact = z.object({
  source: z.string().describe('where the binaries came from, in words: "deb containerd=1.7.24~ds1-6 of trixie"'),
  sha256: z.string(),
});

export const Cell = z.object({
  id: z.string(),
  host: z.string(),
  engine: z.object({ name: z.string(), version: z.string(), source: z.string(), sha256: z.string() }),
  runtime: z.object({
    name: z.string(),
    version: z.string(),
    shim: z.string().optional(),
    vmm: z.string().optional(),
    source: z.string(),
    sha256: z.string(),
  }),
  cni: z
    .object({ version: z.string(), source: z.string(), sha256: z.string() })
    .optional()
    .describe('the CNI plugins that the matrix chose; absent where the host had its own'),
  kubelet: z
    .object({ version: z.string(), source: z.string(), sha256: z.string() })
    .optional()
    .describe('what asked the engine for pods; absent where podproof did'),
  verdict: VerdictName,
  reason: z.string().optional(),
  remedy: z.string().optional().describe('what the reason ends with: what would help'),
  accelerator: z.string().optional().describe('of the machine that ran it, where several took the part of its host'),
});
export type Cell = z.infer<typeof Cell>;

/** Cell, suite, scenario and question are its id: unique in a document, and the same in every run. */
export const Verdict = z.object({
  cell: z.string(),
  suite: z.string(),
  scenario: z.string(),
  question: z.string().describe('id of the question'),
  verdict: VerdictName,
  flaky: z.boolean().optional(),
  answer: z.string().optional().describe('name of the answer that was seen; absent where none was, or none was foreseen'),
  harm: Harm.optional().describe('what that answer does to its user'),
  expected: z.string().describe('what the documented answer says'),
  observed: z.string().describe('what the answer that was seen says, with the values'),
  /** The first layer where the value changed, and the whole way. */
  layer: z.string().optional(),
  layers: z.array(Layer).optional(),
  /** Id of the known issue. */
  known: z.string().optional(),
  reason: z.string().optional(),
  /** Path of the observation inside the run folder, with its line: `cells/<cell>/observations.ndjson#3`. */
  evidence: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;

/** What a reader needs to know of a question, copied into the document so that it stands alone. */
export const QuestionText = z.object({
  id: z.string(),
  suite: z.string(),
  asks: z.string(),
  citation: z.string(),
  range: z.string().describe('where it is asked, in words'),
  answers: z.array(
    z.object({
      name: z.string(),
      short: z.string().optional().describe('what stands in a table, where it is not the name'),
      says: z.string(),
      harm: Harm.optional(),
    }),
  ),
});
export type QuestionText = z.infer<typeof QuestionText>;

export const KnownIssueText = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  range: z.string(),
  impact: z.string().describe('what it means to who is affected'),
  remedy: z.union([z.object({ setting: z.string(), since: z.string(), cost: z.string() }), z.literal('none known')]),
});
export type KnownIssueText = z.infer<typeof KnownIssueText>;

/** One piece of wall time, for the report's timeline. */
export const Span = z.object({
  phase: z.string(),
  name: z.string(),
  startMs: z.number(),
  durationMs: z.number(),
  alone: z
    .literal(true)
    .optional()
    .describe('no other pod may run at that time but one with the same change: this one changes what all would see'),
});
export type Span = z.infer<typeof Span>;

/** A machine of the run. The accelerator is what executes its instructions: no report leaves it out. */
export const HostEntry = z.object({ id: z.string(), kind: z.string(), accelerator: z.string(), facts: HostFacts.optional() });
export type HostEntry = z.infer<typeof HostEntry>;

/** Which part of a plan a shard is: from 1 to `count`. */
export const ShardOf = z.object({ index: z.number(), count: z.number() });

/** One of the runs that a merge was made of. */
export const RunPart = z.object({
  /** Its directory below `parts/` of the merged run, named by what it holds. */
  id: z.string(),
  run: z.string().describe('id of the run as it was recorded'),
  shard: ShardOf.optional(),
  started: z.string(),
  ended: z.string(),
  podproof: z.string(),
  complete: z.boolean(),
});
export type RunPart = z.infer<typeof RunPart>;

/** The number of the shape below. A change that is not additive counts it up and adds a step to `migrate.ts`. */
export const documentSchema = 5;

/** report.json: the truth from which every other report derives. Additive within one schema number. */
export const Document = z.object({
  schema: z.literal(documentSchema),
  run: z.object({
    id: z.string(),
    started: z.string(),
    ended: z.string(),
    profile: z.string(),
    /** Hash of the whole plan: what the shards of one run have in common. Empty when it is not recorded. */
    plan: z.string(),
    podproof: z.string(),
    exit: z.number(),
    /** False when the run was interrupted and can be resumed, or when a shard is missing from a merge. */
    complete: z.boolean(),
    /** Set when this is one shard of a plan. */
    shard: ShardOf.optional(),
  }),
  /** What was merged; empty for a single run. */
  parts: z.array(RunPart),
  counts: z.record(VerdictName, z.number()),
  /** A host id occurs more than once when several machines took its part. */
  hosts: z.array(HostEntry),
  cells: z.array(Cell),
  questions: z.array(QuestionText),
  known: z.array(KnownIssueText),
  verdicts: z.array(Verdict),
  spans: z.array(Span),
  /** Planned combinations that were left out, with the reason. */
  excluded: z.array(z.object({ cell: z.string(), why: z.string() })),
  /** What changed since an older run, cell by cell; null when there was none to compare with. */
  baseline: Baseline.nullable(),
});
export type Document = z.infer<typeof Document>;

/** The stable id of a verdict, the same in every run: `debian-13/containerd-1.7.24/runc-1.1.15/ownership/user-and-group/OWN-ON`. */
export function verdictId({
  cell,
  suite,
  scenario,
  question,
}: Pick<Verdict, 'cell' | 'suite' | 'scenario' | 'question'>): string {
  return `${cell}/${suite}/${scenario}/${question}`;
}
