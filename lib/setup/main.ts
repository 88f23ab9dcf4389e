import { browserOf } from './browser.ts';
import { installMissing } from './install.ts';
import { commands, needsOf } from './packages.ts';

const command = commands.find((name) => name === process.argv[2]);
if (command === undefined) {
  console.error(`Cannot set up for "${process.argv[2] ?? ''}": expected one of ${commands.join(', ')}.`);
  process.exit(2);
}
const root = process.getuid?.() === 0;
const needs = needsOf(command, { root, browser: browserOf(process.env) });
const outcome = await installMissing(needs, { files: '/', env: process.env, root, terminal: process.stderr.isTTY === true });
if (outcome.exitCode !== 0) console.error(outcome.said);
process.exitCode = outcome.exitCode;
