import type { Observation } from '../../model/observation.ts';
import { pattern, type KeyPath } from './watch.ts';

/** The kinds of all values: `observation.guest.dev[].mode`. */
export function kindsOf(value: unknown, at: string, kinds = new Set<string>()): Set<string> {
  if (value === undefined) return kinds;
  if (value === null || typeof value !== 'object') return kinds.add(at.replace(maps, '$1'));
  if (Array.isArray(value)) for (const each of value) kindsOf(each, `${at}[]`, kinds);
  else for (const [key, each] of Object.entries(value)) kindsOf(each, `${at}.${key}`, kinds);
  return kinds;
}

/** Parts of an observation whose keys are data: a path below them is one. */
const maps =
  /^(observation\.(?:config\.(?:wanted|effective)|spec\.annotations|spec\.process\.capabilities|request\.annotations|replay))\..*$/;

/** What kind of value is at a path: `observation.guest.dev[].mode`. */
export function kindOf(keyPath: KeyPath): string {
  return pattern(keyPath).replace(maps, '$1');
}

/** What a pod was made to try, and the nodes that it was given, by what they are found by: `read of /dev/podproof-block`. */
export function triedIn({ guest, request, suite, scenario }: Observation): Array<{ what: string; keyPath: KeyPath }> {
  if (guest === undefined) return [];
  const given = new Set(request.devices.map(({ containerPath }) => containerPath));
  const of = (what: string): string => `${suite}/${scenario} ${what}`;
  const found = (list: 'opens' | 'canaries' | 'writable', index: number, field: string): KeyPath => [
    'observation',
    'guest',
    list,
    index,
    field,
  ];
  return [
    ...guest.opens.map(({ access, path }, index) => ({
      what: of(`${access} of ${path}`),
      keyPath: found('opens', index, 'error'),
    })),
    ...guest.canaries.map(({ path }, index) => ({ what: of(`content of ${path}`), keyPath: found('canaries', index, 'error') })),
    ...guest.writable.map(({ path }, index) => ({ what: of(`making ${path}`), keyPath: found('writable', index, 'error') })),
    ...guest.dev.flatMap(({ path, type }, index) =>
      given.has(path) && type !== 'd'
        ? (['uid', 'gid', 'mode'] as const).map((field) => ({
            what: of(`${field} of ${path}`),
            keyPath: ['observation', 'guest', 'dev', index, field] satisfies KeyPath,
          }))
        : [],
    ),
  ];
}
