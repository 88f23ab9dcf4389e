import { folded, h, millis, pre } from './dom.js';
import { deviceTable, nodeLine, specLine } from './nodes.js';

/**
 * Everything that one observation has to say, most telling first.
 * @param {any} observation
 * @param {Node[]} repro how to see the same again
 * @returns {Node[]}
 */
export function observationView(observation, repro) {
  const { outcome, guest, spec, host } = observation;
  return [
    h('h4', {}, 'Outcome'),
    outcome.kind === 'ran'
      ? h(
          'p',
          {},
          observation.config ? 'The engine took the file.' : 'The container ran.',
          guest ? h('span', { class: 'mono quiet' }, ` ${guest.id}`) : undefined,
        )
      : h(
          'div',
          {},
          h('p', {}, outcomeText(outcome)),
          pre(outcome.message),
          outcome.consoleTail ? folded('Console', [outcome.consoleTail]) : undefined,
          outcome.stack ? folded('Stack', [outcome.stack]) : undefined,
        ),
    ...titled('Configuration file', observation.config ? pre(fileText(observation.config)) : undefined),
    ...titled('Devices', deviceTable(observation)),
    ...titled('CRI calls', callTable(observation)),
    ...titled('Engine log', observation.engineLog ? pre(observation.engineLog) : undefined),
    ...repro,
    h('h4', {}, 'All of it'),
    folded(`Guest /dev, ${guest?.dev.length ?? 0} entries`, (guest?.dev ?? []).map(nodeLine)),
    folded(`OCI devices, ${spec?.linux?.devices.length ?? 0} entries`, (spec?.linux?.devices ?? []).map(specLine)),
    folded(`Host processes of this sandbox, ${host?.processes.length ?? 0}`, (host?.processes ?? []).map(processLine)),
    folded(`Left behind, ${observation.leftovers?.runtime.length ?? 0}`, observation.leftovers?.runtime ?? []),
    rawView(observation),
  ];
}

/** @param {any} outcome */
function outcomeText(outcome) {
  if (outcome.kind === 'refused') return `Refused at ${outcome.call} with ${outcome.code}:`;
  if (outcome.kind === 'host-lost')
    return `The host was lost after ${outcome.lastCall}${outcome.repeated ? ', repeatedly' : ', once'}:`;
  return 'podproof failed:';
}

/** As a user has it, with what was asked and what came of each key. @param {any} config */
function fileText({ text, beside, asked, wanted, effective }) {
  const keys = Object.keys(wanted).map((key) => `# ${key} = ${effective[key] ?? 'not there'}`);
  return [`# ${asked.join(' ')}`, ...(beside ? [`# drop-in of: ${beside.trim()}`] : []), text.trim(), '# came to:', ...keys].join(
    '\n',
  );
}

/** @param {any} process */
function processLine(process) {
  return `${process.role} ${process.comm} pid ${process.pid} uids ${process.uids.join(' ')} gids ${process.gids.join(' ')} groups ${process.groups.join(',') || 'none'} CapEff ${process.capEff} NoNewPrivs ${process.noNewPrivs} Seccomp ${process.seccomp}`;
}

/** @param {any} observation */
function callTable(observation) {
  if (observation.calls.length === 0) return undefined;
  const longest = Math.max(...observation.calls.map((/** @type {any} */ call) => call.durationMs), 1);
  return h(
    'table',
    { class: 'plain calls' },
    h('thead', {}, h('tr', {}, ...['Call', 'At', 'Took', 'Result'].map((name) => h('th', { scope: 'col' }, name)))),
    h(
      'tbody',
      {},
      observation.calls.map((/** @type {any} */ call) => {
        const bar = h('span', { class: 'bar' });
        bar.style.width = `${Math.max(2, Math.round((call.durationMs / longest) * 64))}px`;
        return h(
          'tr',
          { class: call.error ? 'failed' : undefined },
          h('th', { scope: 'row', class: 'mono' }, call.call),
          h('td', { class: 'number' }, `+${millis(call.startMs - observation.startMs)}`),
          h('td', {}, bar, millis(call.durationMs)),
          h('td', {}, call.error ? `${call.error.code}: ${call.error.message}` : 'ok'),
        );
      }),
    ),
  );
}

/** The JSON is written only when it is asked for: it may be large. @param {any} observation */
function rawView(observation) {
  const details = h('details', {}, h('summary', {}, 'Raw observation'));
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(pre(JSON.stringify(observation, undefined, 2)));
  });
  return details;
}

/** @param {string} title @param {Node | undefined} content */
function titled(title, content) {
  return content === undefined ? [] : [h('h4', {}, title), content];
}
