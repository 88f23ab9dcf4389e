import { verdictId } from '../../model/document.ts';
import type { EngineInstance } from '../../model/lease-record.ts';
import type { Replay } from '../../model/observation.ts';
import { layerText } from '../layers.ts';
import { escapeText } from '../escape.ts';
import type { ReproInput } from './input.ts';

/** README.md of a bundle: what is to be seen, what it takes, and how to run it. */
export function instructions(
  { document, verdict, observation, lease }: ReproInput,
  replay: Replay,
  instance: EngineInstance,
): string {
  const question = document.questions.find(({ id, suite }) => id === verdict.question && suite === verdict.suite);
  const cell = document.cells.find(({ id }) => id === verdict.cell);
  const cni = cell?.cni === undefined ? undefined : { name: 'CNI plugins', ...cell.cni };
  const kubelet = cell?.kubelet === undefined ? undefined : { name: 'kubelet', ...cell.kubelet };
  const sources = [cell?.engine, cell?.runtime, cni, kubelet].flatMap((part) =>
    part === undefined ? [] : [`- ${part.name} ${part.version}, from: ${part.source}`],
  );
  const remarks = [
    ...(replay.twin ? ['A second pod like it ran at the same time; `run.sh` launches one.'] : []),
    ...(replay.meanwhile === 'daemon-reload'
      ? ['`systemctl daemon-reload` was run on the host while the pod ran; `run.sh` does not run it.']
      : []),
    ...(instance.sealed ?? []).map(
      (program) =>
        `\`${program}\` ran from a sealed copy of itself in memory, as runc's \`memfd-bind\` makes it; \`run.sh\` runs the file, which then makes such a copy for each process of a container.`,
    ),
    ...(replay.killVmm ? ['The VMM was killed before the pod was removed; `run.sh` does not kill it.'] : []),
  ];
  return escapeText(`# ${verdict.verdict}: ${verdict.question}

${question?.asks ?? ''}

- verdict: ${verdictId(verdict)}
- citation: ${question?.citation ?? 'none'}
- expected: ${verdict.expected}
- observed: ${verdict.observed}
${verdict.layer === undefined ? '' : `- changed first at: ${layerText(verdict.layer)}\n`}- host: ${hostText(document, lease.host)}

## Run it

On a machine that nobody would miss, as root, with \`crictl\` on the PATH:

    sh run.sh --this-machine-is-disposable

It checks the binaries, starts the private engine with the recorded configuration, launches \`pod.json\` and \`container.json\`,
runs the probe in the container, and removes all of it. \`result/\` then holds what the probe saw (\`probe.json\`), the OCI
specification (\`inspect.json\`) and the engine's log, or at which call the engine refused the pod and its words.
\`recorded.json\` is what podproof saw: ${
    observation.outcome.kind === 'refused'
      ? `the pod was refused at ${observation.outcome.call}: ${observation.outcome.message}`
      : observation.outcome.kind === 'ran'
        ? 'the pod ran.'
        : `${observation.outcome.kind}: ${observation.outcome.message}`
  }

${remarks.join('\n')}

## It needs these files, where the configuration expects them

${Object.keys(instance.binaries)
  .map((path) => `    ${path}`)
  .join('\n')}

${sources.join('\n')}

Mount, copy or link them there; \`SHA256SUMS\` has their checksums.
`).replace(/\n{3,}/g, '\n\n');
}

function hostText({ hosts }: ReproInput['document'], id: string): string {
  const host = hosts.find((each) => each.id === id);
  return `${id}, ${host?.facts?.os ?? 'unknown system'}, kernel ${host?.facts?.kernel ?? 'unknown'}, accelerator ${host?.accelerator ?? 'unknown'}`;
}
