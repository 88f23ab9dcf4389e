import { asItIs } from '../model/trial-answer.ts';
import type { ContainerSight, Trial } from '../model/trial.ts';
import { layerText } from '../report/layers.ts';
import { ownLabel } from '../report/own-name.ts';
import { html, type Markup } from './template.ts';

/** For each cell, who each process is and what it found, with the way of the owner and the mode. */
export function processDetails(trial: Trial): Markup {
  return html`<section>
    <h2>As it is</h2>
    ${asItIs(trial).map(({ cell, containers, reason }) => {
      const own = trial.cells.find(({ id }) => id === cell);
      return html`<details>
        <summary>
          ${ownLabel(own?.engine ?? '')} with ${own?.runtime}${own?.kubelet === undefined ? '' : `, behind ${own.kubelet}`}
        </summary>
        ${reason === undefined ? undefined : html`<pre>${reason}</pre>`} ${containers.map(containerPart)}
      </details>`;
    })}
  </section>`;
}

function containerPart({ name, id, seccomp, noNewPrivileges, reach, devices: sights }: ContainerSight): Markup {
  return html`<h3>Container ${name}</h3>
    <p>
      <span class="mono">${id}</span>; capabilities: ${reach.capabilities.join(', ') || 'none'}; seccomp
      ${seccomp ? 'filter' : 'off'}; no_new_privs ${noNewPrivileges ? 'on' : 'off'}; ${reach.nodes} device nodes; disks of the
      host: ${reach.disks.join(', ') || 'none'}${reach.madeDisk ? ', any by mknod' : ''}
    </p>
    ${sights.map(
      ({ path, says, layers }) =>
        html`<table class="lines plain">
          <caption>
            ${path}: ${says}
          </caption>
          <tbody>
            ${layers.map(
              ({ layer, value, changed }) =>
                html`<tr class="${changed ? 'failed' : ''}">
                  <th scope="row">${layerText(layer)}</th>
                  <td class="mono">${value}</td>
                </tr>`,
            )}
          </tbody>
        </table>`,
    )}`;
}

export function fixDetails({ fixes: all }: Trial, id: string): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`<section>
    <h2>Fixes, smallest first</h2>
    ${all.map(
      ({ id: fix, title, by, since, costs, file, text }) =>
        html`<details>
          <summary>${title}${by === 'node' ? ' (on the node)' : ''}</summary>
          <p>Costs: ${costs}.${since === undefined ? '' : ` Since: ${since}.`} <span class="mono">${file}</span></p>
          <pre id="${id}-${fix}">${text}</pre>
        </details>`,
    )}
  </section>`;
}
