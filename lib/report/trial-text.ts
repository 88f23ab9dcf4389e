import { clip, escapeLine } from './escape.ts';
import { ownLabel } from './own-name.ts';
import { kubeletLines } from './trial-kubelet.ts';
import { moreText } from './trial-reach.ts';
import { reasonsOf, reasonsTitle } from './trial-reasons.ts';
import { wrap } from '../util/wrap.ts';
import type { Attempt, Reach, Trial } from '../model/trial.ts';
import { asItIs, attemptAnswer, deviceAnswer, isWhole, notHeld, sightsOf, works } from '../model/trial-answer.ts';
import { helpsOf, type Help } from '../model/trial-help.ts';

export interface TrialTextOptions {
  /** Of the terminal, in characters; 80 without it. */
  width?: number;
  /** Where the patches are: `results/latest`. */
  folder?: string;
}

const labelWidth = 27;

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
      const how = `${assumed ? ', assumed: --devices describes it' : ''}  (${from})`;
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

/** One table for as many cells as are wide enough, below each other. */
function tables(trial: Trial, width: number): string[] {
  const cells = trial.cells.filter(({ blocked }) => blocked === undefined);
  const most = Math.max(1, Math.floor((width - labelWidth) / 14));
  const columns = Math.ceil(cells.length / Math.ceil(cells.length / most));
  const blocks: string[] = [];
  for (let from = 0; from < cells.length; from += columns)
    blocks.push(...(from === 0 ? [] : ['']), ...table(trial, cells.slice(from, from + columns), width));
  return blocks.some((line) => line.includes('⚠'))
    ? [...blocks, ...wrap(' ⚠ open to everybody in the container, and not on the node', width, 3)]
    : blocks;
}

function table(trial: Trial, cells: Trial['cells'], width: number): string[] {
  const column = Math.min(20, Math.floor((width - labelWidth + 1) / Math.max(1, cells.length)));
  const row = (label: string, values: readonly string[]): string =>
    `${label.padEnd(labelWidth)}${values.map((value) => clipTo(value, column - 1).padEnd(column)).join('')}`.trimEnd();
  const of = (fix: string | undefined): Array<Attempt | undefined> =>
    cells.map(({ id }) => trial.attempts.find((attempt) => attempt.cell === id && attempt.fix === fix));
  const answers = (attempts: ReadonlyArray<Attempt | undefined>): string[] =>
    attempts.map((attempt) => (attempt === undefined ? '–' : attemptAnswer(attempt)));
  const bare = of(undefined);
  return [
    row(
      '',
      cells.map(({ engine }) => ownLabel(engine)),
    ),
    row(
      '',
      cells.map(({ runtime }) => runtime),
    ),
    ...(cells.some(({ kubelet }) => kubelet !== undefined)
      ? [
          row(
            '',
            cells.map(({ kubelet = '' }) => kubelet),
          ),
        ]
      : []),
    row(' as it is', answers(bare)),
    ...deviceRows(trial, bare).map(({ label, values }) => row(label, values)),
    ...capabilityRows(bare).map(({ label, values }) => row(label, values)),
    ...moreLines([], bare, width),
    ...trial.fixes.flatMap((fix) => {
      const attempts = of(fix.id);
      if (attempts.every((attempt) => attempt === undefined)) return [];
      const label = ` ${fix.label}${fix.by === 'node' ? ' (node)' : ''}`;
      const long = label.length >= labelWidth;
      return [
        ...(long ? wrap(label, width, 3) : []),
        row(long ? '' : label, answers(attempts)),
        ...moreLines(bare, attempts, width),
      ];
    }),
  ];
}

function clipTo(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;
}

/** Where a pod has several nodes, each of them in the pod as it is. */
function deviceRows(trial: Trial, bare: ReadonlyArray<Attempt | undefined>): Array<{ label: string; values: string[] }> {
  const nodes = trial.devices.flatMap((device) => {
    const paths = bare.flatMap((attempt) => sightsOf(device, attempt?.containers ?? []).map(({ path }) => path));
    return [...new Set(paths)].map((path) => ({ device, path }));
  });
  if (nodes.length < 2) return [];
  return nodes.map(({ device, path }) => ({
    label: `   ${clipTo(path, labelWidth - 4)}`,
    values: bare.map((attempt) => {
      const sight = sightsOf(device, attempt?.containers ?? []).find((each) => each.path === path);
      return sight === undefined ? '–' : deviceAnswer(sight);
    }),
  }));
}

/** Each capability that the manifest adds and some process has not. */
function capabilityRows(bare: ReadonlyArray<Attempt | undefined>): Array<{ label: string; values: string[] }> {
  const names = new Set(bare.flatMap((attempt) => (attempt === undefined ? [] : notHeld(attempt))));
  return [...names].map((name) => ({
    label: `   ${name}`,
    values: bare.map((attempt) => (attempt?.outcome !== 'ran' ? '–' : notHeld(attempt).includes(name) ? 'not held' : 'held')),
  }));
}

/** What a fix lets the pod touch beside its devices, where that is more than before. */
function moreLines(
  before: ReadonlyArray<Attempt | undefined>,
  after: ReadonlyArray<Attempt | undefined>,
  width: number,
): string[] {
  const texts = after.map((attempt, index) => (attempt === undefined ? '' : moreText(before[index], attempt)));
  const then = before.length === 0 ? '… and reaches' : '… and then reaches';
  const distinct = [...new Set(texts.filter((text) => text !== ''))];
  if (distinct.length === 0) return [];
  // Where cells differ, the widest of them is what the fix may cost.
  const [text = ''] = distinct.toSorted((a, b) => b.length - a.length);
  return wrap(`   ${then.padEnd(24)}${text}${distinct.length > 1 ? ' (cells differ)' : ''}`, width, 27);
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
