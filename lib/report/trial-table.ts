import { ownLabel } from './own-name.ts';
import { moreText } from './trial-reach.ts';
import { wrap } from '../util/wrap.ts';
import type { Attempt, Trial } from '../model/trial.ts';
import { attemptAnswer, deviceAnswer, hasSeveral, notHeld, sightsOf } from '../model/trial-answer.ts';

/** Of the column of fixes, in characters. */
const labelWidth = 27;

/** One table for as many cells as are wide enough, below each other. */
export function tables(trial: Trial, width: number): string[] {
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
  const kubelets = cells.map(({ kubelet = '' }) => kubelet);
  const heads = [cells.map(({ engine }) => ownLabel(engine)), cells.map(({ runtime }) => runtime), kubelets];
  return [
    ...heads.filter((head) => head !== kubelets || kubelets.some(Boolean)).map((head) => row('', head)),
    row(' as it is', answers(bare)),
    ...[...deviceRows(trial, bare), ...capabilityRows(bare)].map(({ label, values }) => row(label, values)),
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
  const several = hasSeveral(trial);
  return nodes.map(({ device, path }) => ({
    label: `   ${several ? ofContainer(device.container, path) : clipTo(path, labelWidth - 4)}`,
    values: bare.map((attempt) => {
      const sight = sightsOf(device, attempt?.containers ?? []).find((each) => each.path === path);
      return sight === undefined ? '–' : deviceAnswer(sight);
    }),
  }));
}

/** The end of a path tells nodes of several containers apart better than its beginning. */
function ofContainer(container: string, path: string): string {
  const name = clipTo(container, 10);
  const room = labelWidth - 5 - name.length;
  return `${name} ${path.length <= room ? path : `…${path.slice(1 - room)}`}`;
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
