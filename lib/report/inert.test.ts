import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { assemble } from '../judge/assemble.ts';
import { Recorded, recordedRuns } from '../testing/recorded.ts';
import { Document } from '../model/document.ts';
import { Observation } from '../model/observation.ts';
import { catalogFor } from '../verbs/catalog.ts';
import { renderAnnotations } from './annotations.ts';
import { renderBadgeSvg } from './badge.ts';
import { withBaseline } from './compare.ts';
import { ctrfChunks } from './ctrf.ts';
import { history } from './history.ts';
import { historyText } from './history-text.ts';
import { junitChunks } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { changedDocument, hostileObservation, hostileTexts, longWindedDocument } from '../testing/report/hostile.ts';
import { renderTerminal } from './terminal.ts';

/** What may be in no text that we write: controls but line ends, and marks that hide or reorder. */
// oxlint-disable-next-line no-control-regex
const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Every format that a person, a terminal, a runner or another program reads, with what would be wrong in it. */
const wrongs: Record<string, (document: Document) => string[]> = {
  junit: (document) => {
    const xml = [...junitChunks(document)].join('');
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(xml) as { testsuites?: Record<string, unknown> };
    const foreign = (xml.match(/<\/?[a-z?][^\s>/]*/gi) ?? []).filter(
      (tag) => !/^<\/?(\?xml|testsuites?|properties|property|testcase|failure|error|skipped)$/.test(tag),
    );
    return [
      ...(XMLValidator.validate(xml) === true ? [] : ['not well-formed']),
      ...(Object.keys(parsed).sort().join() === '?xml,testsuites' ? [] : ['other roots']),
      ...foreign,
      ...(acting.test(xml) ? ['acting characters'] : []),
      ...(xml.includes(']]>') ? [']]>'] : []),
    ];
  },
  ctrf: (document) => {
    const json = [...ctrfChunks(document)].join('');
    return acting.test(json) || /\\u00[01]/.test(json) ? ['acting characters'] : [];
  },
  markdown: (document) => {
    const bare = renderMarkdown(document)
      .replaceAll(/<a href="https:\/\/[\w./#%?=~-]+">(.*?)<\/a>/g, '$1')
      .replaceAll(/<\/?code>|<br>/g, '');
    const lines = bare
      .split('\n')
      .filter((line) => !/^(\| |\|( ---)|### |## podproof|- |Run|Exit|Changes|Merged|Left out|$)/.test(line));
    return [
      ...(bare.match(/[<>`[\]@\\]|!\[|www\.|https?:/g) ?? []),
      ...lines,
      ...(acting.test(bare) ? ['acting characters'] : []),
    ];
  },
  annotations: (document) => {
    const lines = renderAnnotations(document).split('\n').slice(0, -1);
    return lines.filter((line) => !/^::(error|warning) title=[^:,]*::/.test(line) || line.includes('##[') || acting.test(line));
  },
  terminal: (document) => {
    const lines = (renderTerminal(document, { reportPath: 'x' }) + historyText(history([document]))).split('\n');
    return lines.filter((line) => line.startsWith('::') || line.includes('##[') || acting.test(line));
  },
  badge: (document) => [...(XMLValidator.validate(renderBadgeSvg(document)) === true ? [] : ['not well-formed'])],
};

function offences(document: Document): string[] {
  return Object.entries(wrongs).flatMap(([format, wrong]) => wrong(document).map((each) => `${format}: ${each}`));
}

/** `verdicts[].observed`: where texts stand in a value, lists as one. */
function textPaths(value: unknown, path = ''): Set<string> {
  if (typeof value === 'string') return new Set([path]);
  if (value === null || typeof value !== 'object') return new Set();
  const children = Array.isArray(value)
    ? value.map((child: unknown) => textPaths(child, `${path}[]`))
    : Object.entries(value).map(([key, child]) => textPaths(child, `${path}.${key}`));
  return new Set(children.flatMap((each) => [...each]));
}

function withTextAt(value: unknown, target: string, text: (original: string) => string, path = ''): unknown {
  if (typeof value === 'string') return path === target ? text(value) : value;
  if (value === null || typeof value !== 'object' || !target.startsWith(path)) return value;
  if (Array.isArray(value)) return value.map((child: unknown) => withTextAt(child, target, text, `${path}[]`));
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, withTextAt(child, target, text, `${path}.${key}`)]),
  );
}

const everything = hostileTexts.join(' ');
const changes = changedDocument();
/** Few verdicts are enough to walk all fields: the first ones of each kind. */
const few = changes.verdicts.filter(
  ({ verdict }, index) => changes.verdicts.slice(0, index).filter((other) => other.verdict === verdict).length < 2,
);
const sample: Document = {
  ...changes,
  verdicts: few,
  parts: [{ id: 'p', run: 'r', shard: { index: 1, count: 2 }, started: 's', ended: 'e', podproof: '0', complete: true }],
};
const paths = [...textPaths(sample)];
const isFree = (path: string): boolean => Document.safeParse(withTextAt(sample, path, () => everything)).success;

describe('hostile text in one field of a document', () => {
  it('may stand in every field but those that take only certain words', () => {
    expect(paths.length).toBeGreaterThan(60);
    expect(paths.filter((path) => !isFree(path)).sort()).toEqual([
      '.baseline.changes[].after',
      '.baseline.changes[].before.harm',
      '.baseline.changes[].before.verdict',
      '.baseline.changes[].kind',
      '.baseline.changes[].why',
      '.cells[].verdict',
      '.hosts[].facts.accelerator',
      '.hosts[].facts.cgroup',
      '.known[].remedy',
      '.questions[].answers[].harm',
      '.verdicts[].harm',
      '.verdicts[].layers[].layer',
      '.verdicts[].verdict',
    ]);
  });

  it.for(paths.filter(isFree))('%s acts on nobody who reads a report', (path) => {
    const document = Document.parse(withTextAt(sample, path, (original) => `${everything} ${original}`));
    expect(offences(document)).toEqual([]);
  });
});

describe('hostile records', async () => {
  const folder = recordedRuns().find(({ name }) => name === 'crio-1.36.3')?.folder;
  if (folder === undefined) throw new Error('results/reference has no crio-1.36.3');
  const read = (await Recorded.read(folder, catalogFor)).records;
  const [first] = read.plan.cells;
  if (first === undefined) throw new Error('crio-1.36.3 has no cell');
  const records = { ...read, plan: { ...read.plan, cells: [first] } };
  const ofFirst = read.observations.filter(({ observation }) => observation.cell === first.id);
  const catalog = catalogFor(records.plan);
  const before = assemble(records, catalog);

  it.for([everything, '__proto__', 'constructor'])(
    'with %j wherever a pod, an engine or a host may say anything are judged, and act on nobody',
    (text) => {
      // Few pods are enough, and quick: their observations are large.
      const observations = ofFirst.slice(0, 3).map(({ at, observation }) => {
        const hostile = hostileObservation(observation, text);
        // What joins a record to its run is ours.
        return {
          at,
          observation: {
            ...hostile,
            cell: observation.cell,
            suite: observation.suite,
            scenario: observation.scenario,
            lease: observation.lease,
          },
        };
      });
      const document = assemble({ ...records, observations }, catalog);
      expect(document.verdicts).toHaveLength(before.verdicts.length);
      expect(offences(withBaseline(document, before))).toEqual([]);
    },
  );

  it('are told from friendly ones: the text arrives in the reports', () => {
    const refused = ofFirst.map(({ at, observation }) => ({
      at,
      observation: Observation.parse({
        ...observation,
        outcome: { kind: 'refused', call: 'CreateContainer', code: 'UNKNOWN', message: everything },
      }),
    }));
    const document = withBaseline(assemble({ ...records, observations: refused }, catalog), before);
    expect(offences(document)).toEqual([]);
    for (const text of [
      [...junitChunks(document)].join(''),
      renderMarkdown(document),
      renderAnnotations(document),
      renderTerminal(document),
    ])
      expect(text).toMatch(/alert\W/);
  });
});

it('lines of a megabyte are cut in every format', () => {
  const document = withBaseline(longWindedDocument(), sample);
  for (const text of [
    [...junitChunks(document)].join(''),
    [...ctrfChunks(document)].join(''),
    renderMarkdown(document),
    renderAnnotations(document),
    renderTerminal(document),
  ]) {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(200_000);
    expect(text.length).toBeLessThan(12_000_000);
  }
});
