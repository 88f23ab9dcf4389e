import type { Change } from './change.ts';

/** Smallest first: what gives a pod more than its device stands behind what does not, whoever makes it. */
export const fixIds = [
  'accepted',
  'vfio-port',
  'vfio-mode',
  'resource',
  'groups',
  'group',
  'ownership',
  'cdi',
  'user',
  'mode',
  'privileged-withheld',
  'privileged',
] as const;
export type FixId = (typeof fixIds)[number];

/** One change that may help, as a pod to launch. */
export interface Fix {
  id: FixId;
  title: string;
  /** The same in a few words, for tables. */
  label: string;
  by: 'manifest' | 'node';
  changes: readonly Change[];
  /** How the devices are given: as the pod asks for them, by a device plugin, with a mode for everybody, or by CDI with the ids of the process. */
  give: 'as asked' | 'plugin' | 'opened' | 'cdi';
  handler: 'plain' | 'withheld' | 'vfio' | 'vfio-in-guest';
  /** Versions that can do it. */
  since?: string;
  /** In words, what was not measured. */
  costs: string;
}
