import { execa } from 'execa';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../util/paths.ts';

const Values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({});
const Step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  if: z.string().optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  env: Values,
  with: Values,
});
export type Step = z.infer<typeof Step>;
const Input = z.object({ default: z.union([z.string(), z.number()]).default('') });
const Job = z.object({ steps: z.array(Step), outputs: z.record(z.string(), z.string()).default({}) });
const Workflow = z.object({
  on: z.object({ workflow_call: z.object({ inputs: z.record(z.string(), Input) }) }),
  jobs: z.record(z.string(), Job),
});
const Action = z.object({
  inputs: z.record(z.string(), Input),
  runs: z.object({ using: z.literal('composite'), steps: z.array(Step) }),
});

async function read(path: string): Promise<unknown> {
  return parse(await readFile(join(packageRoot, '.github', path), 'utf8'));
}

export const readWorkflow = async (): Promise<z.infer<typeof Workflow>> => Workflow.parse(await read('workflows/podproof.yml'));
export const readAction = async (): Promise<z.infer<typeof Action>> => Action.parse(await read('actions/podproof/action.yml'));

export function stepOf(steps: readonly Step[], id: string): Step {
  const step = steps.find((each) => each.id === id);
  if (step === undefined) throw new Error(`Cannot find the step "${id}"`);
  return step;
}

/** Defaults of inputs, and what is given instead. */
export function inputs(declared: Record<string, z.infer<typeof Input>>, given: Record<string, string>): Record<string, string> {
  const defaults = Object.entries(declared).map(([name, { default: value }]) => [`inputs.${name}`, String(value)]);
  return Object.fromEntries([...defaults, ...Object.entries(given).map(([name, value]) => [`inputs.${name}`, value])]);
}

/** Puts values in the place of `${{ … }}`; an expression that has none is an Error, so that nothing is run half. */
export function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = values[expression];
    if (value === undefined) throw new Error(`Cannot evaluate \${{ ${expression} }}`);
    return value;
  });
}

export interface Ran {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  outputs: Record<string, string>;
  summary: string;
}

/** Runs the commands of a step as a runner does: bash with its options, in `directory`, with the step's environment. */
export async function runStep(
  step: Step,
  values: Readonly<Record<string, string>>,
  machine: { directory: string; env: Record<string, string> },
): Promise<Ran> {
  const { directory } = machine;
  const [output, summary, temporary] = ['output', 'summary', 'temp'].map((name) => join(directory, `.runner-${name}`));
  if (output === undefined || summary === undefined || temporary === undefined) throw new Error('unreachable');
  await mkdir(temporary, { recursive: true });
  await Promise.all([writeFile(output, ''), writeFile(summary, '')]);
  const own = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, expand(String(value), values)]));
  const runner = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, RUNNER_TEMP: temporary };
  const { exitCode, stdout, stderr } = await execa(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', expand(step.run ?? '', values)],
    { cwd: directory, env: { ...own, ...runner, ...machine.env }, reject: false, stdin: 'ignore', maxBuffer: 256 * 1024 * 1024 },
  );
  const lines = (await readFile(output, 'utf8')).split('\n').filter((line) => line.includes('='));
  return {
    exitCode,
    stdout,
    stderr,
    outputs: Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
    summary: await readFile(summary, 'utf8'),
  };
}
