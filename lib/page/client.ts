import { readFileSync } from 'node:fs';

/** The modules of the client, each after those that it imports. */
const modules = [
  'dom',
  'version',
  'filter',
  'model',
  'ranges',
  'select',
  'state',
  'nodes',
  'observation',
  'repro',
  'drawer',
  'table',
  'matrix',
  'main',
];

/** The client as one script: modules without their imports and exports, in one scope. Names are unique across modules. */
export function clientScript(): string {
  const parts = modules.map((name) =>
    read(`client/${name}.js`)
      .replace(/^import [^;]*;\n/gm, '')
      .replace(/^export /gm, ''),
  );
  return `'use strict';\n(() => {\n${parts.join('\n')}})();\n`;
}

export function styleSheet(): string {
  return palette() + read('styles.css');
}

/** Colours and fonts, light and dark: those of every page that we write. */
export function palette(): string {
  return read('palette.css');
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
