import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Document } from '../model/document.ts';
import type { VerdictName } from '../model/verdict.ts';
import { sampleDocument, sampleEvidence } from '../testing/report/sample.ts';
import { hostileChanges, hostileDocument, hostileEvidence, hostileTexts, longWindedDocument } from '../testing/report/hostile.ts';
import { embeddedEvidence, podsByVerdict } from './evidence.ts';
import { renderHtml } from './page.ts';
import { citation, html } from './template.ts';

const Data = z.object({
  cells: z.array(z.object({ id: z.string() })),
  questions: z.array(z.object({ id: z.string() })),
  places: z.array(z.object({ name: z.string(), width: z.literal([1, 2, 4]), from: z.number(), length: z.number() })),
  texts: z.array(z.string().nullable()),
  embedded: z.array(z.number()),
  kept: z.number(),
  of: z.number(),
});

/** A data block's bytes, as the page's script reads them. */
function bytes(page: string, id: string): Buffer {
  const [, encoding, body = ''] =
    new RegExp(`<script type="application/json" id="${id}" data-encoding="(\\w+)">([^<]*)</script>`).exec(page) ?? [];
  return encoding === 'gzip' ? gunzipSync(Buffer.from(body, 'base64')) : Buffer.from(body);
}

function block(page: string, id: string): unknown {
  return JSON.parse(bytes(page, id).toString());
}

/** The texts and columns of a page. */
function dataOf(
  page: string,
): z.infer<typeof Data> & { columns: Record<'cell' | 'question' | 'observed' | 'verdict', number[]> } {
  const data = Data.parse(block(page, 'data'));
  const packed = bytes(page, 'columns');
  const column = (wanted: string): number[] => {
    const { width, from, length } = data.places.find(({ name }) => name === wanted) ?? { width: 1, from: 0, length: 0 };
    return Array.from({ length }, (_, index) => packed.readUIntLE(from + index * width, width));
  };
  return {
    ...data,
    columns: { cell: column('cell'), question: column('question'), observed: column('observed'), verdict: column('verdict') },
  };
}

/** Every tag with the names of its attributes, without any value: what a browser would build. */
function skeleton(page: string): string[] {
  return [
    ...page
      .replace(/<(script|style)>[\s\S]*?<\/\1>/g, '<$1></$1>')
      .matchAll(/<\/?[a-zA-Z!][^\s>]*(?:\s+[^\s=>"]+(?:="[^"]*")?)*\s*\/?>/g),
  ].map((match) => match[0].replace(/="[^"]*"/g, '=').replace(/\s+/g, ' '));
}

test('the page allows nothing but its own script and style, and they are what the policy names', () => {
  const page = renderHtml(sampleDocument());
  const policy = (/Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '').replaceAll('&#39;', "'");
  const hash = (element: string): string => {
    const text = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(page)?.[1] ?? '';
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src ${hash('script')}`);
  expect(policy).toContain(`style-src ${hash('style')}`);
  expect(policy).not.toContain('unsafe');
});

test('the page has no style attribute, no event attribute and no address but of citations', () => {
  const page = renderHtml(sampleDocument(), { evidence: sampleEvidence(sampleDocument()) });
  expect(skeleton(page).filter((tag) => / (style|on\w+)=/.test(tag))).toEqual([]);
  expect(page).not.toMatch(/ src=/);
});

test('the data block has every verdict, by question and cell', () => {
  const data = dataOf(renderHtml(sampleDocument()));
  const { cell, question, observed } = data.columns;
  expect(cell).toHaveLength(sampleDocument().verdicts.length);
  expect(data.columns.verdict.every((verdict) => verdict < 9)).toBe(true);
  const places = question.map((each, index) => each * data.cells.length + (cell[index] ?? 0));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  const seen = question.map(
    (each, index) => `${data.questions[each]?.id} ${data.cells[cell[index] ?? 0]?.id} ${data.texts[observed[index] ?? 0]}`,
  );
  expect(seen.sort()).toEqual(
    sampleDocument()
      .verdicts.map((verdict) => `${verdict.question} ${verdict.cell} ${verdict.observed}`)
      .sort(),
  );
});

test('verdicts of cells and questions that the document does not describe are shown all the same', () => {
  const document: Document = { ...sampleDocument(), cells: [], questions: [] };
  const data = dataOf(renderHtml(document));
  expect(data.columns.cell).toHaveLength(document.verdicts.length);
  expect(data.questions).toHaveLength(sampleDocument().questions.length);
});

test('evidence is embedded by cell, for its scenarios', () => {
  const page = renderHtml(sampleDocument(), { evidence: sampleEvidence(sampleDocument()) });
  const data = dataOf(page);
  expect(data.embedded).toHaveLength(7);
  const at = data.embedded.findIndex((cell) => data.cells[cell]?.id === 'debian-13/crio-1.36.3/runc-1.1.15');
  expect(block(page, `evidence-${at}`)).toMatchObject({
    'ownership user-and-group': { scenario: 'user-and-group', guest: { dev: expect.any(Array) as unknown[] } },
  });
});

test('evidence that does not fit is left out, that of passes first, and the page says how much there is', () => {
  const document = sampleDocument();
  const evidence = sampleEvidence(document);
  const { blocks, cells, kept, of } = embeddedEvidence(document, evidence, { budget: 300_000 });
  expect(of).toBe(new Set(evidence.keys()).size);
  expect(kept).toBeGreaterThan(20);
  expect(kept).toBeLessThan(of);
  expect(blocks).toHaveLength(cells.length);
  const red = document.verdicts.filter(({ verdict }) => verdict === 'fail' || verdict === 'fixed');
  for (const { cell, suite, scenario } of red) {
    expect(blocks[cells.indexOf(cell)]?.text).toContain(`"${suite} ${scenario}"`);
  }
});

test('the page says how many pods there are when it is given the observations of only some of them', () => {
  const evidence = new Map([...sampleEvidence(sampleDocument())].slice(0, 2));
  expect(dataOf(renderHtml(sampleDocument(), { evidence, pods: 40 }))).toMatchObject({ kept: 2, of: 40 });
  expect(dataOf(renderHtml(sampleDocument(), { evidence }))).toMatchObject({ kept: 2, of: 2 });
});

test('the pods of a document are those that were observed, worst first, each with the observation of its worst verdict', () => {
  const [verdict] = sampleDocument().verdicts;
  if (verdict === undefined) throw new Error('The sample has no verdict');
  const told = (scenario: string, name: VerdictName, evidence: string) => ({ ...verdict, scenario, verdict: name, evidence });
  const verdicts = [told('a', 'pass', 'a#1'), told('a', 'known', 'a#2'), told('b', 'fail', 'b#1'), told('b', 'pass', 'b#2')];
  const pods = podsByVerdict({ ...sampleDocument(), verdicts: [...verdicts, told('c', 'missing', '')] });
  expect(pods.map(({ scenario, at }) => [scenario, at])).toEqual([
    ['b', 'b#1'],
    ['a', 'a#2'],
  ]);
});

test('a large document is compressed and reads back', () => {
  const document = sampleDocument();
  document.verdicts = Array.from({ length: 400 }, (_, index) =>
    document.verdicts.map((verdict) => ({
      ...verdict,
      scenario: `${verdict.scenario}-${index}`,
      observed: `${verdict.observed} ${index}`,
      evidence: `e${index}-${verdict.question}`,
    })),
  ).flat();
  const page = renderHtml(document);
  expect(page.includes('id="data" data-encoding="gzip"')).toBe(true);
  expect(dataOf(page).columns.cell).toHaveLength(document.verdicts.length);
});

test.for(hostileTexts)('hostile text %j in every field builds the same page as harmless text', (text) => {
  const page = (filling: string): string => {
    const document = hostileDocument(filling);
    return renderHtml(document, { evidence: hostileEvidence(document, filling) }) + renderHtml(hostileChanges(filling));
  };
  expect(skeleton(page(text))).toEqual(skeleton(page('harmless')));
  // oxlint-disable-next-line no-control-regex
  expect(page(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
  expect(page(text).isWellFormed()).toBe(true);
});

test('lines of a megabyte do not make the page many megabytes', () => {
  const document = longWindedDocument();
  expect(renderHtml(document, { evidence: hostileEvidence(document, 'x'.repeat(1_000_000)) }).length).toBeLessThan(12_000_000);
});

test('only an https address becomes a link', () => {
  expect(citation('https://github.com/cri-o/cri-o/issues/9358').text).toContain('<a href="https://github.com');
  for (const text of [
    'javascript:alert(1)',
    'http://x',
    ' https://x',
    'https://u:p@x',
    'https://x"onclick="y',
    'file:///etc/passwd',
    'data:text/html,x',
    'containerd v1.7.24 pkg/x.go',
  ]) {
    expect(citation(text).text).not.toContain('<a');
  }
});

test('the template escapes values in content and in attributes, and lists of them', () => {
  expect(html`<p title="${'"><b>'}">${['<i>', html`<b>${'&'}</b>`, undefined, 3]}</p>`.text).toBe(
    '<p title="&#34;&#62;&#60;b&#62;">&#60;i&#62;<b>&#38;</b>3</p>',
  );
});

test('an excluded combination is shown with its reason', () => {
  expect(renderHtml(sampleDocument())).toMatch(
    /crun 1\.8\.1 is built for bookworm&#39;s libc[\s\S]*debian-13\/crio-1\.36\.3\/crun-1\.8\.1/,
  );
});
