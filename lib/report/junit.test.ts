import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Document } from '../model/document.ts';
import { junitChunks } from './junit.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { hostileDocument, hostileTexts } from '../testing/report/hostile.ts';
import { everyVerdict } from './verdicts.ts';

const Result = z.object({ '@message': z.string(), '@type': z.string().optional(), '#text': z.string().optional() });
const Case = z.strictObject({
  '@classname': z.string(),
  '@name': z.string(),
  failure: Result.optional(),
  error: Result.optional(),
  skipped: Result.optional(),
});
const Tally = {
  '@tests': z.coerce.number(),
  '@failures': z.coerce.number(),
  '@errors': z.coerce.number(),
  '@skipped': z.coerce.number(),
};
const Suite = z.strictObject({ '@name': z.string(), ...Tally, properties: z.unknown().optional(), testcase: z.array(Case) });
const Junit = z.object({ testsuites: z.strictObject({ '@name': z.string(), ...Tally, testsuite: z.array(Suite) }) });

function parsed(document: Document): z.infer<typeof Junit>['testsuites'] {
  const xml = [...junitChunks(document)].join('');
  expect(XMLValidator.validate(xml)).toBe(true);
  // oxlint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    processEntities: true,
    htmlEntities: true,
    isArray: (name) => name === 'testsuite' || name === 'testcase',
  });
  return Junit.parse(parser.parse(xml)).testsuites;
}

test('a suite is a cell, and every verdict is a test case', () => {
  const suites = parsed(sampleDocument());
  expect(suites.testsuite.map((suite) => suite['@name']).sort()).toEqual(
    sampleDocument()
      .cells.map((cell) => cell.id)
      .sort(),
  );
  expect(suites['@tests']).toBe(everyVerdict(sampleDocument()).length);
});

test('what deviates is a failure, infrastructure an error, and known and unsupported are skipped with the reason', () => {
  const cases = parsed(sampleDocument()).testsuite.flatMap((suite) => suite.testcase);
  const types = (kind: 'failure' | 'error'): Set<string | undefined> =>
    new Set(cases.flatMap((each) => (each[kind] ? [each[kind]['@type']] : [])));
  expect(types('failure')).toEqual(new Set(['fail', 'fixed']));
  expect(types('error')).toEqual(new Set(['error', 'blocked']));
  const skips = cases.flatMap((each) => (each.skipped ? [each.skipped['@message']] : []));
  expect(skips.filter((message) => message.startsWith('known: '))).toHaveLength(sampleDocument().counts.known);
  expect(skips.filter((message) => message.startsWith('unsupported: '))).toHaveLength(sampleDocument().counts.unsupported);
});

test('the CNI plugins that a cell was given are among its properties', () => {
  const document = sampleDocument();
  const [first] = document.cells;
  if (first !== undefined) first.cni = { version: '1.9.0', source: 'release', sha256: 'abc' };
  const xml = [...junitChunks(document)].join('');
  expect(xml.match(/<property name="cni.*/g)).toEqual([
    '<property name="cni" value="1.9.0"/>',
    '<property name="cni.sha256" value="abc"/>',
  ]);
});

test('the tallies are true', () => {
  const suites = parsed(sampleDocument());
  for (const suite of suites.testsuite) {
    expect(suite['@failures']).toBe(suite.testcase.filter((each) => each.failure).length);
    expect(suite['@errors']).toBe(suite.testcase.filter((each) => each.error).length);
    expect(suite['@skipped']).toBe(suite.testcase.filter((each) => each.skipped).length);
  }
  expect(suites['@failures']).toBe(suites.testsuite.reduce((sum, suite) => sum + suite['@failures'], 0));
});

test('class and name of a case are unique, and stay when sentences are reworded', () => {
  const names = (document: Document): string[] =>
    parsed(document).testsuite.flatMap((suite) => suite.testcase.map((each) => `${each['@classname']} ${each['@name']}`));
  const reworded = {
    ...sampleDocument(),
    questions: sampleDocument().questions.map((question) => ({ ...question, title: 'reworded' })),
  };
  expect(new Set(names(sampleDocument())).size).toBe(names(sampleDocument()).length);
  expect(names(reworded)).toEqual(names(sampleDocument()));
  expect(names(sampleDocument())[0]).toMatch(/^\w+\.[A-Z]+-[A-Z-]+ /);
});

test.for(hostileTexts)('hostile text %j stays text', (text) => {
  const document = hostileDocument(text);
  expect(parsed(document).testsuite.flatMap((suite) => suite.testcase)).toHaveLength(document.verdicts.length + extra(document));
});

/** Cases of cells that are worse than their verdicts: all cells of a hostile document have one name. */
function extra(document: Document): number {
  return everyVerdict(document).length - document.verdicts.length;
}

test('a suite says what weakens isolation in its cell, with the impact and the remedy, and no other suite does', () => {
  const found = parsed(sampleDocument()).testsuite.map((suite) => [suite['@name'], JSON.stringify(suite.properties)] as const);
  const holes = found.filter(([, properties]) => properties.includes('weakens.crio-mode-0666'));
  expect(holes.length).toBeGreaterThan(0);
  for (const [cell, properties] of holes) {
    expect(cell).toContain('crio');
    expect(properties).toMatch(
      /Every process of the pod, of any user, .* Remedy: none known\. https:\/\/github\.com\/cri-o\/cri-o\/issues\/9358/,
    );
  }
  expect(found.length).toBeGreaterThan(holes.length);
});
