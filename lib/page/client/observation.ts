import { duration } from '../duration.ts';
import type { HostProcess, Outcome, PodEvidence, ReadConfig } from '../pod-evidence.ts';
import { folded, h, pre, table } from './dom.ts';
import { deviceTable, nodeLine, specLine } from './nodes.ts';

/** Everything that one observation has to say, most telling first; `repro` says how to see the same again. */
export function observationView(observation: PodEvidence, repro: readonly HTMLElement[]): HTMLElement[] {
  const { guest, spec, host, leftovers, config, engineLog } = observation;
  const nodes = guest?.dev ?? [];
  const devices = spec?.linux?.devices ?? [];
  const processes = host?.processes ?? [];
  const left = leftovers?.runtime ?? [];
  return [
    h('h4', {}, 'Outcome'),
    outcomeView(observation),
    ...titled('Configuration file', config && pre(fileText(config))),
    ...titled('Devices', deviceTable(observation)),
    ...titled('Calls', callTable(observation)),
    ...titled('Engine log', engineLog === '' ? undefined : pre(engineLog)),
    ...repro,
    h('h4', {}, 'All of it'),
    folded(`Guest /dev, ${nodes.length} entries`, nodes.map(nodeLine)),
    folded(`OCI devices, ${devices.length} entries`, devices.map(specLine)),
    folded(`Host processes of this sandbox, ${processes.length}`, processes.map(processLine)),
    folded(`Left behind, ${left.length}`, left),
    rawView(observation),
  ];
}

function outcomeView({ outcome, config, guest }: PodEvidence): HTMLElement {
  if (outcome.kind === 'ran') {
    const said = config ? 'The engine took the file.' : 'The container ran.';
    return h('p', {}, said, guest && h('span', { class: 'mono quiet' }, ` ${guest.id}`));
  }
  const console = outcome.kind === 'host-lost' ? outcome.consoleTail : '';
  const stack = outcome.kind === 'error' ? outcome.stack : '';
  return h(
    'div',
    {},
    h('p', {}, outcomeText(outcome)),
    pre(outcome.message),
    console !== '' && folded('Console', [console]),
    stack !== '' && folded('Stack', [stack]),
  );
}

function outcomeText(outcome: Exclude<Outcome, { kind: 'ran' }>): string {
  switch (outcome.kind) {
    case 'refused':
      return `Refused at ${outcome.call} with ${outcome.code}:`;
    case 'host-lost':
      return `The host was lost after ${outcome.lastCall}${outcome.repeated ? ', repeatedly' : ', once'}:`;
    case 'error':
      return 'podproof failed:';
  }
}

/** The file as it was written, with what was asked and what came of each key as comments. */
function fileText({ text, beside, asked, wanted, effective }: ReadConfig): string {
  const dropIn = beside === undefined ? [] : [`# drop-in of: ${beside.trim()}`];
  const keys = Object.keys(wanted).map((key) => `# ${key} = ${effective[key] ?? 'not there'}`);
  return [`# ${asked.join(' ')}`, ...dropIn, text.trim(), '# came to:', ...keys].join('\n');
}

function processLine(process: HostProcess): string {
  const { role, comm, pid, uids, gids, groups, capEff, noNewPrivs, seccomp } = process;
  const ids = `uids ${uids.join(' ')} gids ${gids.join(' ')} groups ${groups.join(',') || 'none'}`;
  return `${role} ${comm} pid ${pid} ${ids} CapEff ${capEff} NoNewPrivs ${noNewPrivs} Seccomp ${seccomp}`;
}

function callTable({ calls, startMs: begin }: PodEvidence): HTMLElement | undefined {
  if (calls.length === 0) return undefined;
  const longest = calls.reduce((most, { durationMs }) => Math.max(most, durationMs), 1);
  const rows = calls.map(({ call, startMs, durationMs, error }) => {
    const bar = h('span', { class: 'bar' });
    bar.style.width = `${Math.max(2, Math.round((durationMs / longest) * 64))}px`;
    return h(
      'tr',
      { class: error && 'failed' },
      h('th', { scope: 'row', class: 'mono' }, call),
      h('td', { class: 'number' }, `+${duration(startMs - begin)}`),
      h('td', {}, bar, duration(durationMs)),
      h('td', {}, error ? `${error.code}: ${error.message}` : 'ok'),
    );
  });
  return table('calls', ['Call', 'At', 'Took', 'Result'], rows);
}

/** The JSON is written only when it is asked for: it may be large. */
function rawView(observation: PodEvidence): HTMLElement {
  const details = h('details', {}, h('summary', {}, 'Raw observation'));
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(pre(JSON.stringify(observation, undefined, 2)));
  });
  return details;
}

function titled(title: string, content: HTMLElement | undefined): HTMLElement[] {
  return content === undefined ? [] : [h('h4', {}, title), content];
}
