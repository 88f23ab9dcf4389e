import { createHash } from 'node:crypto';
import { glyphSheet } from './parts.ts';
import { html, type Markup, trusted } from './template.ts';

/** A whole page as one offline file. Nothing in it reaches the network, and no data can become markup or script. */
export function offlinePage(options: { title: string; style: string; script?: string | undefined; body: Markup }): string {
  const { title, style, script, body } = options;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy(style, script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}: podproof</title>
        <link rel="icon" href="data:," />
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        ${glyphSheet()} ${body}${script === undefined ? undefined : trusted(`<script>${script}</script>`)}
      </body>
    </html> `.text;
}

/** Only our own script and style run, by their hashes; Trusted Types refuse any other way into the page. */
function policy(style: string, script: string | undefined): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${script === undefined ? "'none'" : hash(script)}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
