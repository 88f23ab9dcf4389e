import { clip, escapeLine } from './escape.ts';
import { kubeletLines } from './trial-kubelet.ts';
import { reasonsOf, reasonsTitle } from './trial-reasons.ts';
import { tables } from './trial-table.ts';
import { wrap } from '../util/wrap.ts';
import type { Reach, Trial } from '../model/trial.ts';
import { asItIs, hasSeveral, isWhole, sightsOf, works } from '../model/trial-answer.ts';
import { helpsOf, type Help } from '../model/trial-help.ts';

export interface TrialTextOptions {
  /** Of the terminal, in characters; 80 without it. */
  width?: number;
  /** Where the patches are: `results/latest`. */
  folder?: string;
}

/** A trial as a table of fixes by cells, and the smallest change that helps. Data cannot move the cursor or colour anything. */
export function trialText(trial: Trial, { width = 80, folder }: TrialTextOptions = {}): string {
  const lines = [
    ...headLines(trial, width),
    '',
    ...tables(trial, width),
    ...whyLines(trial, width),
    ...kubeletLines(trial, width),
    '',
    ...helpLines(trial, width, folder),
    ...(trial.notLookedAt.length === 0
      ? []
      : wrap(`Not looked at: ${trial.notLookedAt.map(({ path }) => path).join(', ')}`, width, 2)),
    ...trial.cells.flatMap(({ id, blocked }) => (blocked === undefined ? [] : wrap(`Blocked  ${id}: ${blocked}`, width, 9))),
  ];
  return lines.map((line) => `${clip(escapeLine(line), 2000)}\n`).join('');
}

/** Who the process is, and what each device is on the node. */
function headLines(trial: Trial, width: number): string[] {
  const { manifest, devices } = trial;
  const containers = asItIs(trial).find(({ outcome }) => outcome === 'ran')?.containers ?? [];
  const several = hasSeveral(trial);
  return [
    ...(containers.length === 0
      ? [`${manifest.kind} ${manifest.name}`]
      : containers.flatMap(({ name, id, reach, seccomp }) =>
          wrap(
            `${manifest.kind} ${manifest.name}, container ${name}: ${id}, ${capabilityWords(reach)}${seccomp ? ', seccomp' : ''}`,
            width,
            2,
          ),
        )),
    ...devices.flatMap((device) => {
      const { path, from, description, assumed } = device;
      const how = `${assumed ? ', assumed: --devices describes it' : ''}  (${from}${several ? `, container ${device.container}` : ''})`;
      const seen = sightsOf(device, containers).flatMap((sight) =>
        sight.host === undefined ? [] : [{ ...sight, host: sight.host }],
      );
      if (seen.length > 0)
        return seen.flatMap((sight) =>
          wrap(`${sight.path}  ${modeText(sight.host)} ${sight.host.owner} on the node${how}`, width, 2),
        );
      const node = description?.slice(description.indexOf(':', path.length - 1) + 1) ?? 'a spare device';
      return wrap(`${path}  ${node} on the node${how}`, width, 2);
    }),
  ];
}

function capabilityWords({ capabilities, bounding }: Reach): string {
  if (capabilities.length === 0) return 'no capabilities';
  return capabilities.length === bounding && bounding >= 38 ? 'all capabilities' : `${capabilities.length} capabilities`;
}

/** As ls(1) prints it: `crw-rw----`. */
export function modeText({ type, mode }: { type: string; mode: string }): string {
  const bits = Number.parseInt(mode, 8);
  const letters = ['r', 'w', 'x', 'r', 'w', 'x', 'r', 'w', 'x'];
  return (type === 'other' ? '?' : type) + letters.map((letter, index) => ((bits >> (8 - index)) & 1 ? letter : '-')).join('');
}

/** Why it fails as it is: each reason once, with the cells. */
function whyLines(trial: Trial, width: number): string[] {
  const all = reasonsOf(trial).map(({ says, where }) =>
    wrap(`  ${where.length === 0 ? '' : `${where.join(', ')}: `}${says}`, width, 4),
  );
  return all.length === 0 ? [] : ['', reasonsTitle(trial), ...all.flat()];
}

/** What to change first. */
function helpLines(trial: Trial, width: number, folder: string | undefined): string[] {
  const bare = asItIs(trial);
  if (bare.length === 0) return [];
  const usable = bare.every(works) ? ['It can use all its devices as it is.'] : [];
  const helps = helpsOf(trial);
  if (helps.length === 0 && !bare.every(isWhole)) return [...usable, 'Nothing that was tried helps.'];
  return [...usable, ...helps.flatMap((help) => oneHelp(help, width, folder))];
}

function oneHelp({ aim, fix, cells, of, elsewhere }: Help, width: number, folder: string | undefined): string[] {
  const where = cells === of ? '' : `, in ${cells} of ${of} cells`;
  return [
    ...wrap(`${aim}: ${fix.title}${fix.by === 'node' ? ' (on the node)' : ''}${where}`, width, 2),
    ...(folder === undefined ? [] : [`  patch: ${folder}/${fix.file}`]),
    ...(fix.since === undefined ? [] : wrap(`  since: ${fix.since}`, width, 9)),
    ...wrap(`  costs: ${fix.costs}`, width, 9),
    ...(cells === of ? [] : wrap(`  ${elsewhere}`, width, 2)),
  ];
}
