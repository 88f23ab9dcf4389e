import type { Document } from '../../model/document.ts';
import { badgeJson, badgeSvg, type Badge } from '../../report/badge.ts';
import { worstOfSeen } from '../../report/answer.ts';
import { ownName } from '../../report/own-name.ts';
import { currentOf } from '../../report/current.ts';
import { gatherFacts, runtimeName, slug, type Facts, type Guide } from './facts.ts';

/**
 * A badge for each engine and runtime, for a README or for shields: `badges/crio.svg`, `badges/crio.json`. It says of the newest
 * tested version how many questions have an answer that weakens isolation.
 */
export function siteBadges(documents: readonly Document[], guide: Guide): Map<string, string> {
  const facts = gatherFacts(documents, guide);
  const names = new Set(facts.pairings.flatMap(({ engine, runtime }) => [engine, runtimeName(runtime)]));
  return new Map(
    [...names].filter(isPlain).flatMap((name): Array<[string, string]> => {
      const badge = badgeOf(name, facts);
      return [
        [`badges/${slug(name)}.svg`, badgeSvg(badge)],
        [`badges/${slug(name)}.json`, badgeJson(badge)],
      ];
    }),
  );
}

function badgeOf(name: string, facts: Facts): Badge {
  const weak = facts.questions.filter(({ id }) =>
    facts.tracksOf(id).some((track) => {
      const current = [track.engine, runtimeName(track.runtime)].includes(name) ? currentOf(track) : undefined;
      return current !== undefined && worstOfSeen(current.value) === 'weakens';
    }),
  ).length;
  const message = weak === 0 ? 'nothing weakens' : `${weak} ${weak === 1 ? 'answer weakens' : 'answers weaken'} isolation`;
  return { label: ownName(name), message, colour: weak === 0 ? 'brightgreen' : 'yellow' };
}

/** A badge has no place for data that somebody else wrote. */
function isPlain(name: string): boolean {
  return /^[a-z]{1,20}$/.test(name);
}
