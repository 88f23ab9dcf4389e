import { code, link, prose } from '../markdown-text.ts';
import { arrow, countText, effect, record, exitText, remedyOf, restTexts, title } from './words.ts';
import type { Qualification, QualifiedChange } from './qualification.ts';

/** What changed, as a section for release notes: a table where anything did, and what was compared. */
export function qualificationMarkdown(result: Qualification): string {
  const rows = result.changes.map((change) => `| ${row(change).join(' | ')} |`);
  const table =
    rows.length === 0
      ? ['Nothing changed in what a pod can reach.']
      : [
          `| What is asked | ${prose(result.against)} | ${prose(result.version)} | Effect | Remedy |`,
          '| --- | --- | --- | --- | --- |',
          ...rows,
        ];
  return [
    `## ${prose(title(result))}`,
    '',
    `${countText(result)}.`,
    '',
    ...table,
    '',
    ...restTexts(result).map((text) => `- ${prose(text)}`),
    ...result.alsoWeakens.map((headline) => `- No news, and weakens isolation with ${prose(result.version)}: ${prose(headline)}`),
    '',
    `Exit ${result.exit}: ${exitText(result)}. Written by \`podproof qualify\`, run ${code(result.run)}.`,
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
