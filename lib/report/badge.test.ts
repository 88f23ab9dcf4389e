import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { renderBadgeJson, renderBadgeSvg } from './badge.ts';
import { countOf, sampleDocument } from '../testing/report/sample.ts';
import { hostileDocument, hostileTexts } from '../testing/report/hostile.ts';
import { verdictNames, type VerdictName } from '../model/verdict.ts';

const Endpoint = z.strictObject({ schemaVersion: z.literal(1), label: z.string(), message: z.string(), color: z.string() });

function badge(names: VerdictName[], complete = true): z.infer<typeof Endpoint> {
  const base = sampleDocument();
  const verdicts = names.map((verdict) => ({ ...base.verdicts[0]!, verdict }));
  const document = { ...base, cells: [], verdicts, counts: countOf(verdicts), run: { ...base.run, complete } };
  expect(renderBadgeSvg(document)).toContain(Endpoint.parse(JSON.parse(renderBadgeJson(document))).message);
  return Endpoint.parse(JSON.parse(renderBadgeJson(document)));
}

test('the colour follows the worst verdict', () => {
  const colours = Object.fromEntries(verdictNames.map((name) => [name, badge(['pass', name]).color]));
  expect(colours).toEqual({
    unsupported: 'brightgreen',
    pass: 'brightgreen',
    known: 'brightgreen',
    fixed: 'red',
    fail: 'red',
    void: 'red',
    blocked: 'yellow',
    error: 'yellow',
    missing: 'yellow',
  });
});

test('a known hole is no green badge', () => {
  const base = sampleDocument();
  const verdicts = base.verdicts
    .filter(({ verdict }) => verdict === 'pass' || verdict === 'known')
    .map((verdict) => ({ ...verdict, ...(verdict.verdict === 'known' && { harm: 'weakens' as const }) }));
  const document = { ...base, cells: [], verdicts, counts: countOf(verdicts) };
  const shown = Endpoint.parse(JSON.parse(renderBadgeJson(document)));
  expect(shown).toMatchObject({ color: 'yellow', message: expect.stringMatching(/^\d known holes?, \d+ pass$/) as string });
});

test('a run that judged nothing, or was interrupted, is not green', () => {
  expect(badge([]).color).toBe('lightgrey');
  expect(badge(['unsupported']).color).toBe('lightgrey');
  expect(badge(['pass'], false)).toMatchObject({ color: 'yellow', message: 'incomplete, 1 pass' });
});

test('nothing of the run but numbers and verdict names is in a badge', () => {
  for (const text of hostileTexts) {
    const svg = renderBadgeSvg(hostileDocument(text));
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).toBe(renderBadgeSvg(hostileDocument('x')));
  }
});
