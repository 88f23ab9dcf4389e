import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { suites } from '../../suites/all.ts';
import { hasFeature } from '../model/feature.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { qualificationPage } from '../page/qualification.ts';
import { parseSubject } from '../plan/qualification.ts';
import { RunFolder } from '../record/run-folder.ts';
import { qualificationMarkdown } from '../report/qualification/markdown.ts';
import { qualification, type Compared, type Qualification } from '../report/qualification/qualification.ts';
import { recordPatch } from '../report/qualification/record.ts';
import { renderQualification } from '../report/qualification/terminal.ts';
import { redactDocument, redactor } from '../report/redact.ts';
import { writeFiles } from '../report/write.ts';
import { qualificationPlan } from '../run/newest.ts';
import { progressOn } from '../run/progress.ts';
import { run, type RunOptions } from '../run/run.ts';
import type { Question } from '../suite/question.ts';
import { UsageError } from '../util/errors.ts';
import { packageRoot } from '../util/paths.ts';
import { widthOf } from '../util/wrap.ts';
import { untilInterrupted } from './interrupt.ts';
import { writeAll } from './publish.ts';
import { recordedDocument } from './recorded.ts';
import { catalogFor, vocabulary } from './catalog.ts';

interface Flags {
  matrix: string;
  results: string;
  profile: string;
  host?: string;
  against?: string;
  only?: string;
  recorded?: string[];
  out?: string;
  json?: boolean;
  redact?: boolean;
}

/** `seams` lets tests have hosts of their own. */
export function qualifyVerb(program: Command, version: string, seams: Pick<RunOptions, 'acquire'> = {}): void {
  program
    .command('qualify')
    .argument('<version>', 'an engine or a runtime: containerd@2.4.2, kata@4.1.0, kata@4.1.0-go-qemu')
    .description('run a version and an older one on one host, and say what changed')
    .option(
      '--against <version>',
      'the older one; without it the newest older release of the matrix, $PODPROOF_ARTIFACTS and the cache',
    )
    .option('--profile <name>', 'its first host is taken, and what it has to go with the version', 'quick')
    .option('--host <id>', 'another host of the matrix')
    .option('--only <selection>', "narrow it: 'suite=devices,docs runtime=runc'")
    .option('--recorded <run...>', 'compare these runs, which have both versions, and launch nothing')
    .option('--out <directory>', 'where to write what came of --recorded')
    .option('--json', 'print qualify.json instead of a summary')
    .action(async (text: string, _, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const subject = parseSubject(text);
      if (flags.recorded !== undefined) return recorded(subject, flags.recorded, flags);
      if (flags.out !== undefined) throw new UsageError('--out: names a directory for --recorded; a run has a folder of its own');
      const matrix = await loadMatrix(flags.matrix);
      await untilInterrupted(async (signal) => {
        using progress = progressOn(process.stderr);
        const asking = { signal, progress: (line: string) => progress.line('plan', line) };
        const { host, against, only, profile } = flags;
        const wanted = { ...vocabulary, profile, host, against, only };
        const planned = await qualificationPlan(matrix, subject, wanted, asking);
        const folder = await RunFolder.create(resolve(flags.results), planned.plan);
        progress.line(
          'plan',
          `${subject.name} ${planned.against} → ${subject.version}: ${planned.plan.cells.map(({ id }) => id).join(', ')}`,
        );
        const catalog = catalogFor(planned.plan);
        const judged = await run({ plan: planned.plan, folder, catalog, version, progress, signal, oneOfEach: true, ...seams });
        const document = await writeAll(folder, judged, flags);
        const result = qualification([document], { ...subject, against: planned.against });
        const place = { directory: folder.path, report: 'report.html' };
        await tell(result, place, flags, signal.aborted ? folder.path : undefined);
        if (signal.aborted) process.exitCode = 130;
      });
    });
}

async function recorded(
  { name, version }: Pick<Compared, 'name' | 'version'>,
  runs: readonly string[],
  flags: Flags,
): Promise<void> {
  if (flags.against === undefined) throw new UsageError('--recorded: name the older version too, with --against');
  const documents = await Promise.all(runs.map((run) => recordedDocument(run, flags.results)));
  const hide = redactor([hostname()]);
  const [first, ...others] = flags.redact === false ? documents : documents.map((document) => redactDocument(document, hide));
  if (first === undefined) throw new UsageError('--recorded: expected at least one run');
  const result = qualification([first, ...others], { name, version, against: flags.against });
  await tell(result, flags.out === undefined ? undefined : { directory: resolve(flags.out) }, flags);
}

/** Writes it in every form, where it has a directory, and says it. */
async function tell(
  result: Qualification,
  place: { directory: string; report?: string } | undefined,
  flags: Flags,
  resume?: string,
): Promise<void> {
  const json = `${JSON.stringify(result, undefined, 2)}\n`;
  const patch = recordPatch(result, {
    knownIssues: await readFile(join(packageRoot, 'suites/known-issues.ts'), 'utf8'),
    features: new Map(
      suites.flatMap(({ questions }) => questions).map((question) => [question.id, featuresOf(question, result)]),
    ),
  });
  const files = {
    'qualify.json': () => [json],
    'qualify.md': () => [qualificationMarkdown(result)],
    'qualify.html': () => [qualificationPage(result, place)],
    ...(patch === '' ? {} : { 'qualify.patch': () => [patch] }),
  };
  if (place !== undefined) await writeFiles(place.directory, files);
  const shown = (name: string): string => (place === undefined ? '' : join(place.directory, name));
  const labels = [
    ...(patch === '' ? [] : [['Record it', shown('qualify.patch')] as const]),
    ['Notes', shown('qualify.md')] as const,
    ['Page', shown('qualify.html')] as const,
  ].filter(([, path]) => path !== '');
  process.stdout.write(
    flags.json === true ? json : renderQualification(result, { width: widthOf(process.stdout), files: labels, resume }),
  );
  process.exitCode = result.exit;
}

/** The features by which what an older version answers is documented. */
function featuresOf({ documented }: Question, { name, against }: Compared): string[] {
  const all = documented.flatMap(({ where }) => where.flatMap(({ feature }) => feature ?? []));
  return [...new Set(all)].filter((feature) => hasFeature({ name, version: against }, feature));
}
