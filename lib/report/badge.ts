import { type Document } from '../model/document.ts';
import { colourOf, verdictNames, worstOf } from '../model/verdict.ts';
import { holes } from './causes.ts';
import { everyVerdict } from './verdicts.ts';

export interface Badge {
  /** Left of the message; `podproof` where it is absent. */
  label?: string;
  message: string;
  colour: 'brightgreen' | 'yellow' | 'red' | 'lightgrey';
}

const hex = { brightgreen: '#2f7d43', yellow: '#8a6100', red: '#b3261e', lightgrey: '#5f6368' };

/** A static badge for a README, without network or scripts. */
export function renderBadgeSvg(document: Document): string {
  return badgeSvg(badgeOf(document));
}

/** The same for shields' endpoint badge. */
export function renderBadgeJson(document: Document): string {
  return badgeJson(badgeOf(document));
}

/** Nothing of a run's data may be in label and message but what is made of plain words and numbers. */
export function badgeSvg({ label = 'podproof', message, colour }: Badge): string {
  const left = width(label);
  const right = width(message);
  const text = (x: number, content: string): string => `<text x="${x}" y="14" text-anchor="middle">${content}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${message}">`,
    `<title>${label}: ${message}</title>`,
    `<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#444"/><rect x="${left}" width="${right}" height="20" fill="${hex[colour]}"/></g>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(left / 2, label)}${text(left + right / 2, message)}</g>`,
    '</svg>\n',
  ].join('');
}

export function badgeJson({ label = 'podproof', message, colour }: Badge): string {
  return `${JSON.stringify({ schemaVersion: 1, label, message, color: colour })}\n`;
}

/** Yellow for a known hole as for what did not run: only what is as it should be is green. Built of numbers and verdict names alone: nothing of the run's data is in a badge. */
function badgeOf(document: Document): Badge {
  const worst = worstOf(everyVerdict(document).map((verdict) => verdict.verdict));
  const known = holes(document);
  const counts = verdictNames
    .filter((name) => document.counts[name] > 0 && name !== 'unsupported' && (name !== 'known' || known === 0))
    .reverse()
    .slice(0, 3)
    .map((name) => `${document.counts[name]} ${name}`);
  const message = [
    ...(document.run.complete ? [] : ['incomplete']),
    ...(known === 0 ? [] : [`${known} known ${known === 1 ? 'hole' : 'holes'}`]),
    ...(counts.length > 0 ? counts : [worst ?? 'no verdicts']),
  ].join(', ');
  if (worst === undefined || worst === 'unsupported') return { message, colour: 'lightgrey' };
  if (colourOf(worst) === 'red') return { message, colour: 'red' };
  return { message, colour: colourOf(worst) === 'green' && document.run.complete && known === 0 ? 'brightgreen' : 'yellow' };
}

/** About as wide as Verdana 11 sets it, with 6 px on either side. */
function width(text: string): number {
  return Math.round(text.length * 6.8) + 12;
}
