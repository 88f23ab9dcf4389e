import type { RuleText } from '../../model/document.ts';
import { bundle } from '../bundle.ts';
import { html, type Markup } from '../template.ts';
import type { Answer } from '../../report/history.ts';
import { rangeText, versionOrder } from '../../report/ranges.ts';
import { runtimeName, slug, type Facts, type Pairing } from './facts.ts';
import { answer, day, link, page, trackAnchor, versions } from './parts.ts';
import { groupBy } from '../../util/group-by.ts';

/** The first page: every rule against every engine with every runtime, by suite, and what was run. */
export function indexPage(facts: Facts): string {
  const { rules, pairings, guide, documents } = facts;
  const suites = [...groupBy(rules, ({ suite }) => suite)];
  const title = (id: string): string => guide.suites.find((suite) => suite.id === id)?.title ?? id;
  const body = html` <h1>What pods can really touch, by engine and runtime</h1>
    <p class="lead">
      ${rules.length} rules, each proved by pods on real hosts. A cell answers for the versions that were run; its link leads to
      the version ranges and the evidence.
    </p>
    <form id="ask-form" class="ask" role="search" hidden>
      <label for="ask">Ask</label>
      <input id="ask" type="search" autocomplete="off" spellcheck="false" placeholder="device ownership crio kata" />
      <output id="found" aria-live="polite"></output>
    </form>
    <nav class="chips" aria-label="Engines and runtimes">
      ${[...new Set(pairings.map(({ engine }) => engine))].map((name) => link('', 'engines', name, chip(name, facts)))}
      ${[...new Set(pairings.map(({ runtime }) => runtimeName(runtime)))].map((name) => link('', 'runtimes', name, chip(name, facts)))}
    </nav>
    ${suites.map(([suite, own]) => suiteTable(suite, title(suite), own, facts))}
    <section id="runs" aria-labelledby="runs-title">
      <h2 id="runs-title">The runs</h2>
      <div class="scroll" tabindex="0" role="group" aria-labelledby="runs-title">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Day</th>
              <th scope="col">Profile</th>
              <th scope="col">Hosts</th>
              <th scope="col">Cells</th>
            </tr>
          </thead>
          <tbody>
            ${documents.map(
              ({ run, hosts, cells }) =>
                html`<tr>
                  <th scope="row" class="mono">${run.id}</th>
                  <td>${day(run.started)}</td>
                  <td>${run.profile}</td>
                  <td>
                    ${hosts.map((host) => html`<p>${host.id}, kernel ${host.facts?.kernel ?? 'unknown'}, accelerator ${host.accelerator}</p>`)}
                  </td>
                  <td>${cells.map(({ id }) => html`<p class="mono">${id}</p>`)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  return page({ title: 'What pods can really touch', root: '', body, facts, script: bundle('client/site.ts') });
}

/** A name with its tested versions, over all flavours of a runtime. */
function chip(name: string, { versions: tested }: Facts): Markup {
  const own = [...tested].flatMap(([key, each]) => (runtimeName(key) === name ? each : []));
  return versions(name, [...new Set(own)].sort(versionOrder));
}

function suiteTable(id: string, title: string, rules: readonly RuleText[], facts: Facts): Markup {
  const own = new Set(rules.flatMap((rule) => facts.tracksOf(rule.id).filter(isJudged).map(trackAnchor)));
  const columns = facts.pairings.filter((pairing) => own.has(trackAnchor(pairing)));
  return html`<section class="suite" aria-labelledby="suite-${slug(id)}">
    <h2 id="suite-${slug(id)}">${title}</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="suite-${slug(id)}">
      <table class="overview">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            ${columns.map(
              (column) =>
                html`<th scope="col" data-text="${placeOf(column)}">
                  ${link('', 'engines', column.engine, column.engine)} with
                  ${link('', 'runtimes', runtimeName(column.runtime), column.runtime)}
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rules.map((rule) => row(rule, columns, facts))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row(rule: RuleText, columns: readonly Pairing[], facts: Facts): Markup {
  const tracks = new Map(facts.tracksOf(rule.id).map((track) => [trackAnchor(track), track]));
  const text = [
    rule.id,
    rule.asks,
    rule.suite,
    ...facts.guide.suites.flatMap(({ id, title }) => (id === rule.suite ? [title] : [])),
  ];
  return html`<tr data-text="${text.join(' ').toLowerCase()}">
    <th scope="row">${link('', 'rules', rule.id, rule.asks)} <span class="id">${rule.id}</span></th>
    ${columns.map((column) => {
      const track = tracks.get(trackAnchor(column));
      return html`<td data-text="${placeOf(column)}" ${track === undefined ? html` data-none` : undefined}>
        ${track === undefined ? html`<span class="quiet">not run</span>` : answers(rule, track)}
      </td>`;
    })}
  </tr>`;
}

/** The words by which somebody asks for a column. */
function placeOf({ engine, runtime }: Pairing): string {
  return `${engine} ${runtime}`.toLowerCase();
}

/** One line for each answer; versions only where there are several. */
function answers(rule: RuleText, track: Parameters<typeof isJudged>[0]): Markup {
  const applies = track.ranges.filter(({ value }) => value.verdict !== 'unsupported');
  const told = applies.length === 0 ? track.ranges.slice(0, 1) : applies;
  const distinct = [...groupBy(told, ({ value }: { value: Answer }) => value.verdict)];
  return html`${distinct.map(([, ranges]) => {
    const [first] = ranges;
    if (first === undefined) return undefined;
    const several = distinct.length > 1 || applies.length < track.ranges.length;
    const where = ranges.map(({ engines, runtimes }) => `${rangeText(engines)} with ${rangeText(runtimes)}`).join('; ');
    return html`<p>
      ${link('', 'rules', rule.id, answer(first.value), trackAnchor(track))}${several && applies.length > 0 ? html`<span class="where">${where}</span>` : undefined}
    </p>`;
  })}`;
}

function isJudged(track: ReturnType<Facts['tracksOf']>[number]): boolean {
  return track.ranges.some(({ value }) => value.verdict !== 'unsupported');
}
