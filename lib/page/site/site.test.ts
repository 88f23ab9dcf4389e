import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordedRuns } from '../../testing/recorded.ts';
import { readDocument } from '../../record/read-document.ts';
import { sampleDocument } from '../../testing/report/sample.ts';
import { hostileChanges, hostileDocument, hostileTexts } from '../../testing/report/hostile.ts';
import { packageRoot } from '../../util/paths.ts';
import { gatherFacts, runPath, slug, type Guide } from './facts.ts';
import { renderSite, siteBadges } from './site.ts';

const guide: Guide = {
  suites: [
    { id: 'privileged', title: 'Privileged pods' },
    { id: 'ownership', title: 'Who owns devices' },
  ],
  help: [{ id: 'h', means: 'no mode is sent', where: 'CRI-O', fix: 'none yet', cost: 'nothing', questions: ['OWN-ON'] }],
  entries: [],
};
const recorded = await Promise.all(recordedRuns().map(({ folder }) => readDocument(`${folder.path}/report.json`)));
const site = renderSite(recorded, guide);
const runs = new Set(recorded.map(({ run }) => runPath(run.id)));
const text = (page: string): string => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const pageOf = (path: string): string => site.get(path) ?? '';
const skeleton = (page: string): string[] => (page.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, ''));

it('a badge is made of nothing that a run may hold', () => {
  for (const hostile of hostileTexts)
    for (const text of siteBadges([hostileDocument(hostile)], guide).values())
      expect(text).toMatch(
        /^<svg [^]*>(?:gVisor|Kata Containers|[\w -]+)<|^\{"schemaVersion":1,"label":"[\w -]+","message":"[\w ]+"/,
      );
});

describe('the site of all recorded runs', () => {
  it('has a first page, and one for each question, engine and runtime', () => {
    const facts = gatherFacts(recorded, guide);
    for (const { id } of facts.questions) expect(site.has(`questions/${id}.html`), id).toBe(true);
    for (const name of ['engines/containerd', 'engines/crio', 'runtimes/runc', 'runtimes/crun', 'runtimes/kata'])
      expect(site.has(`${name}.html`), name).toBe(true);
    expect(site.has('index.html')).toBe(true);
  });

  it('answers whether device ownership works with CRI-O and Kata, with versions, known issue, help and evidence', () => {
    const page = text(pageOf('questions/OWN-ON.html'));
    expect(page).toMatch(
      /CRI-O 1\.36\.3 Kata Containers \(Go, QEMU\) 3\.30\.0 · 4\.1\.0 EACCES: mode 000 breaks Under CRI-O with Kata a device has mode 000/,
    );
    expect(page).toMatch(/containerd 1\.6\.20 · 1\.7\.24 · [\w.· -]+ runc 1\.1\.5 · 1\.1\.15 · 1\.3\.6 opens /);
    expect(page).toContain('It costs nothing');
    expect(page).toMatch(
      /known \d+ pods? Cell and pod Expected Observed Run .*debian-13\/crio-1\.36\.3\/kata-3\.30\.0-go-qemu user-and-group .* kata-3\.30\.0-go-crio-1\.36\.3 2026-11-21 .*pass \d+ pods/,
    );
    expect(text(pageOf('engines/crio.html'))).toMatch(
      /CRI-O with Kata Containers \(Go, QEMU\) .*OWN-ON 1\.36\.3 with 3\.30\.0 · 4\.1\.0 EACCES: mode 000 breaks/,
    );
  });

  it('starts with what weakens isolation, and says since which tested version an answer is so', () => {
    const page = text(pageOf('index.html'));
    const [, deviating = '', documented = ''] = page.split(
      /Weakens isolation, or is not as documented \(\d+\)|As documented \(\d+\)/,
    );
    expect(deviating).toMatch(/OWN-ON .*opens since 1\.6\.20 before: key unknown, 0666 ⚠ weakens/);
    expect(deviating).toMatch(/^ Question containerd with crun .*? ⚠ weakens/);
    expect(documented).not.toMatch(/ID-ENGINE|HYG-RUNTIME/);
    expect(text(pageOf('proof.html'))).toMatch(/ID-ENGINE .*HYG-|HYG-.* ID-ENGINE/);
  });

  it('has a badge for each engine and runtime, as a picture and for shields', () => {
    const badges = siteBadges(recorded, guide);
    for (const name of ['containerd', 'crio', 'runc', 'crun', 'runsc', 'kata'])
      expect(badges.has(`badges/${name}.svg`)).toBe(true);
    expect(JSON.parse(badges.get('badges/crio.json') ?? '')).toEqual({
      schemaVersion: 1,
      label: 'CRI-O',
      message: expect.stringMatching(/^\d+ answers weaken isolation$/),
      color: 'yellow',
    });
  });

  it('has the badges that README.md shows, as both are of the same runs: npm run picture', async () => {
    const shown = [...(await readFile(join(packageRoot, 'README.md'), 'utf8')).matchAll(/\(\.github\/(badges\/\w+\.svg)\)/g)];
    expect(shown.length).toBeGreaterThan(5);
    const badges = siteBadges(recorded, guide);
    for (const [, path = ''] of shown)
      expect(await readFile(join(packageRoot, '.github', path), 'utf8'), path).toBe(badges.get(path));
  });

  it('links to its own pages by relative addresses and to nothing that is not there', () => {
    for (const [path, page] of site) {
      const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
      expect(ids.size, path).toBe([...page.matchAll(/ id="([^"]+)"/g)].length);
      for (const [, href = ''] of page.matchAll(/href="([^"]*)"/g)) {
        if (href.startsWith('https://') || href.startsWith('#glyph-') || href === 'data:,') continue;
        const [file = '', anchor] = href.split('#');
        const target = file === '' ? path : posix.join(posix.dirname(path), file);
        if (runs.has(target)) continue;
        expect(site.has(target), `${path} links to ${href}`).toBe(true);
        if (anchor !== undefined) expect(pageOf(target), `${path} links to ${href}`).toContain(` id="${anchor}"`);
      }
    }
  });

  it('says on every page which accelerator ran the hosts, and forbids everything but its own style and script', () => {
    for (const [path, page] of site) {
      expect(text(page), path).toMatch(/Hosts ran under accelerators? [a-z, ]*tcg/);
      expect(page).toMatch(
        /Content-Security-Policy" content="default-src &#39;none&#39;; script-src (&#39;none&#39;|&#39;sha256-[^;]+&#39;); style-src &#39;sha256-/,
      );
      expect(page).not.toMatch(
        / style="| on\w+="|<(img|iframe|object|embed|link rel="stylesheet")|https?:\/\/[^"<]*\.(js|css|woff)/,
      );
    }
  });

  it('is the same bytes for the same runs in any order', () => {
    const some = recorded.slice(0, 3);
    const expected = [...renderSite(some, guide)];
    fc.assert(
      fc.property(fc.shuffledSubarray([...some, ...some], { minLength: 6 }), (shuffled) => {
        expect([...renderSite(shuffled, guide)]).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});

describe('a site of hostile runs', () => {
  it.for(hostileTexts)('with %j in every field is built as one of harmless runs', (hostile) => {
    const pages = (filling: string): string[] => [...renderSite([hostileChanges(filling)], guide).values()];
    const built = pages(hostile);
    const skeletons = (list: readonly string[]): string[] => list.map((page) => skeleton(page).join('')).sort();
    expect(skeletons(built)).toEqual(skeletons(pages('harmless')));
    for (const page of [...built, ...renderSite([hostileDocument(hostile)], guide).values()]) {
      // oxlint-disable-next-line no-control-regex
      expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
      expect(page.isWellFormed()).toBe(true);
    }
  });

  it.for(hostileTexts)('names no file after %j that leaves its folder', (hostile) => {
    for (const path of renderSite([hostileDocument(hostile), sampleDocument()], guide).keys())
      expect(path).toMatch(/^(index|proof|(questions|engines|runtimes)\/[A-Za-z0-9][A-Za-z0-9.-]*)\.html$/);
  });
});

it('a slug is the text itself where that is harmless, and its checksum otherwise', () => {
  expect(['OWN-ON', 'kata go qemu', '1.7.24'].map(slug)).toEqual(['OWN-ON', 'kata-go-qemu', '1.7.24']);
  for (const odd of ['..', '.', '', 'a/b', 'a..b', '../../x', 'con\u0000', 'é', ' x', 'x'.repeat(90)])
    expect(slug(odd)).toMatch(/^x-[0-9a-f]{16}$/);
});
