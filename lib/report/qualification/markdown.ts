import { code, link, prose } from '../markdown-text.ts';
import { arrow, countText, effect, record, exitText, remedyOf, restTexts, title } from './words.ts';
import type { Qualification, QualifiedChange } from './qualification.ts';

/** What changed, as a section for release notes: a table where anything did, and what was compared. */
export function qualificationMarkdown(told: Qualification): string {
  const rows = told.changes.map((change) => `| ${row(change).join(' | ')} |`);
  const table =
    rows.length === 0
      ? ['Nothing changed in what a pod can reach.']
      : [
          `| What is asked | ${prose(told.against)} | ${prose(told.version)} | Effect | Remedy |`,
          '| --- | --- | --- | --- | --- |',
          ...rows,
        ];
  return [
    `## ${prose(title(told))}`,
    '',
    `${countText(told)}.`,
    '',
    ...table,
    '',
    ...restTexts(told).map((text) => `- ${prose(text)}`),
    ...told.alsoWeakens.map((headline) => `- No news, and weakens isolation with ${prose(told.version)}: ${prose(headline)}`),
    '',
    `Exit ${told.exit}: ${exitText(told)}. Written by \`podproof qualify\`, run ${code(told.run)}.`,
    '',
  ].join('\n');
}

function row(change: QualifiedChange): string[] {
  const { asks, question, before, after, known } = change;
  const does = effect(change);
  const remedy = remedyOf(change);
  return [
    `${prose(asks)}<br>${code(question)}`,
    before === undefined ? 'not asked' : prose(before.says),
    `**${prose(after.says)}**`,
    `${does === '' ? '' : `**${does}**<br>`}${prose(arrow(change))}<br>${prose(record(change))}`,
    `${prose(remedy)}${known === undefined ? '' : `${remedy === '' ? '' : '<br>'}${link(known.url, known.id)}`}`,
  ];
}
