import { tells } from '../../model/feature.ts';
import { engine } from '../requirement.ts';
import type { Expectation } from '../rule.ts';
import { outcomeText } from './outcome.ts';

/** What an engine makes of a configuration snippet: every key in force; read without error and some or none in force; an error. */
type Fate = 'effective' | 'dead' | 'refused';

/** What a range of versions is documented, or known from its source, to make of it. */
export interface SnippetRow {
  /** As `engine` takes it: `containerd >=2.0 <2.3`. */
  on: string;
  is: Fate;
  /** Refused: the engine's words. */
  says?: RegExp;
}

/** The snippet's fate on this engine is that of its row, and each key has the value that the snippet gives it where it is effective. */
export function snippet(...rows: SnippetRow[]): Expectation {
  return ({ cell, observation }) => {
    const { config, outcome } = observation;
    const row = rows.find(({ on }) => engine(on).unmet(cell) === undefined);
    const documented = row === undefined ? 'a documented fate on this version, and none is recorded' : row.is;
    if (config === undefined || (outcome.kind !== 'ran' && outcome.kind !== 'refused'))
      return [{ ok: false, expected: documented, observed: outcomeText(observation) }];
    const expected = row?.says === undefined ? documented : `refused with /${row.says.source}/`;
    if (outcome.kind === 'refused')
      return [
        {
          ok: row?.is === 'refused' && (row.says?.test(outcome.message) ?? true),
          expected,
          observed: `refused: ${outcomeText(observation)}`,
        },
      ];
    const keys = Object.keys(config.wanted).filter((key) => tells(cell.engine, key));
    const without = keys.filter((key) => config.effective[key] !== config.wanted[key]);
    const fate: Fate = keys.length > 0 && without.length === 0 ? 'effective' : 'dead';
    const show = (shown: string[], table: Record<string, string | number | boolean>): string =>
      shown.map((key) => `${key} = ${table[key] ?? 'not there'}`).join('; ');
    const words =
      fate === 'effective'
        ? show(keys, config.effective)
        : `${show(without, config.effective)}${config.ignored.length > 0 ? `; ignored, it says: ${config.ignored.join(', ')}` : ', without a word'}`;
    return [{ ok: row?.is === fate, expected, observed: `${fate}: ${words}` }];
  };
}
