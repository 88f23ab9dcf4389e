import { tells } from '../../model/feature.ts';
import { ofLaunch, type Reading } from '../reading.ts';

/** What an engine makes of a configuration that it takes: every key is in force, or some are not, with a warning or without a word. */
export function fateOfKeys(): Reading<'effective' | 'dead' | 'dead with a warning'> {
  return ofLaunch(['effective', 'dead', 'dead with a warning'], ({ cell, observation: { config, outcome } }) => {
    if (config === undefined || outcome.kind !== 'ran') return undefined;
    const keys = Object.keys(config.wanted).filter((key) => tells(cell.engine, key));
    const dead = keys.filter((key) => config.effective[key] !== config.wanted[key]);
    const show = (key: string): string => `${key} = ${config.effective[key] ?? 'not there'}`;
    if (keys.length > 0 && dead.length === 0) return { word: 'effective', text: keys.map(show).join('; ') };
    const { ignored } = config;
    return ignored.length > 0
      ? { word: 'dead with a warning', text: `${dead.map(show).join('; ')}; ignored, it says: ${ignored.join(', ')}` }
      : { word: 'dead', text: `${dead.map(show).join('; ')}, without a word` };
  });
}
