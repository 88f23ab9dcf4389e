import { differenceText } from '../model/kubelet-record.ts';
import { asItIs } from '../model/trial-answer.ts';
import type { Trial } from '../model/trial.ts';
import { wrap } from '../util/wrap.ts';
import { layerText } from './layers.ts';

/** The kubelets that made the pods of a trial; none where podproof asked the engines itself. */
export function kubeletsOf({ cells }: Trial): string[] {
  return [...new Set(cells.flatMap(({ kubelet }) => kubelet ?? []))];
}

/** Whether the kubelet asked for the pod as podproof does, or in which fields not; each once. */
export function askedText(trial: Trial): string[] {
  const known = trial.attempts.flatMap(({ differences }) => (differences === undefined ? [] : [differences]));
  const kubelet = kubeletsOf(trial).join(', ');
  if (kubelet === '' || known.length === 0) return [];
  const texts = [...new Set(known.flat().map(differenceText))];
  if (texts.length === 0) return [`Asked for by ${kubelet}, in every field as podproof asks`];
  return [`Asked for by ${kubelet}, otherwise than podproof asks:`, ...texts.map((text) => `  ${text}`)];
}

/** Who made the pods, where a kubelet did, and the way of each device through it, in the first cell. */
export function kubeletLines(trial: Trial, width: number): string[] {
  if (kubeletsOf(trial).length === 0) return [];
  const ran = asItIs(trial).find(({ outcome }) => outcome === 'ran');
  const ways = (ran?.containers ?? []).flatMap(({ devices }) =>
    devices.flatMap(({ path, layers }) => [
      `The way of ${path}`,
      ...layers.flatMap(({ layer, value, changed }) =>
        wrap(`  ${layerText(layer).padEnd(21)}${value}${changed ? '  ←' : ''}`, width, 23),
      ),
    ]),
  );
  return ['', ...askedText(trial).flatMap((text) => wrap(text, width, 4)), ...ways];
}
