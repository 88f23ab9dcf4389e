import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineConfig } from '../../engines/engine.ts';
import type { Document, Verdict } from '../../model/document.ts';
import { temporary } from '../temporary.ts';
import { forFile } from './for-file.ts';
import { runtimeOf } from './podproof.ts';
import { realRun } from './real-run.ts';

const { path: results } = await forFile(temporary());

type Tamper = (config: EngineConfig) => EngineConfig;

/** A real run of a selection with engines that are changed behind the plan's back. */
const sabotaged = (only: string, tamper: Tamper, profile = 'quick'): Promise<Document> =>
  realRun(results, { profile, only }, { tamper });

/** Changes the main file of an engine. */
function inFile(change: (text: string, path: string) => string): Tamper {
  return (config) => ({
    ...config,
    files: Object.fromEntries(
      Object.entries(config.files).map(([path, text], index) => [path, index === 0 ? change(text, path) : text]),
    ),
  });
}

function byQuestion(verdicts: Verdict[]): Record<string, Verdict> {
  return Object.fromEntries(verdicts.map((verdict) => [verdict.question, verdict]));
}

const flag = 'device_ownership_from_security_context';

describe('an engine whose ownership flag was moved to a table where it is dead, with crun where runc was planned', () => {
  let document: Document;
  beforeAll(async () => {
    document = await sabotaged(
      'scenario=plain,user-and-group question=ID-*,OWN-EFFECTIVE,OWN-ON,OWN-ID',
      inFile((text) => {
        const without = text.replace(`${flag} = true`, '');
        const moved = without.replace(/^ *\[plugins\."io\.containerd\.grpc\.v1\.cri"\.containerd\]\n/m, `$&${flag} = true\n`);
        expect(moved.length).toBeGreaterThan(without.length);
        const paths = [...text.matchAll(/BinaryName = "(\S+)"/g)].map((match) => match[1] ?? '');
        const crun = paths.find((path) => path.endsWith('/crun')) ?? '';
        const runc = paths.find((path) => path.endsWith('/runc')) ?? '';
        expect([crun, runc]).not.toContain('');
        return moved.replaceAll(runc, crun);
      }),
    );
  });
  const of = (runtime: string): Verdict[] => document.verdicts.filter((verdict) => runtimeOf(verdict) === runtime);

  test('OWN-EFFECTIVE and OWN-ON are red, and the layers name the engine configuration', () => {
    const verdicts = byQuestion(of('crun').filter(({ scenario }) => scenario === 'user-and-group'));
    expect(verdicts['OWN-EFFECTIVE']).toMatchObject({
      verdict: 'fail',
      observed: `${flag} = false, planned true; containerd 1.7.24 ignores keys that it does not know, without a word`,
    });
    expect(verdicts['OWN-ON']).toMatchObject({ verdict: 'fail', layer: 'engine-config' });
    expect(verdicts['OWN-ON']?.layers?.find((layer) => layer.changed)).toMatchObject({ layer: 'engine-config' });
    expect(verdicts['OWN-ID']).toMatchObject({ verdict: 'pass' });
    expect(document.run.exit).toBe(1);
  });

  test('the cell of runc is void, and that of crun is not', () => {
    expect(document.cells.find(({ runtime }) => runtime.name === 'runc')).toMatchObject({ verdict: 'void' });
    const identity = byQuestion(of('crun').filter(({ question }) => question.startsWith('ID-')));
    expect(identity['ID-RUNTIME']).toMatchObject({ verdict: 'pass' });
    expect(of('crun').filter(({ verdict }) => verdict === 'void')).toEqual([]);
  });
});

/** Kills the daemon with SIGKILL once it has started two containers: $$ is the shell, and so the daemon that takes its place. */
const killer = `( until [ "$(grep -c 'StartContainer for .* returns successfully' "$1")" -ge 2 ]; do sleep 0.1; done; kill -9 $$ ) &
shift; exec "$@"`;

test('an engine that is killed between two pods is started again; the pods in flight say so, and the rest goes on', async () => {
  let starts = 0;
  const document = await sabotaged('runtime=crun scenario=plain,user-only,group-only,root', (config) =>
    ++starts > 1 ? config : { ...config, argv: ['sh', '-c', killer, 'sh', config.log, ...config.argv] },
  );
  expect(starts).toBe(2);
  expect(document.verdicts.length).toBeGreaterThan(8);
  expect(document.verdicts.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'unsupported')).toEqual([]);
  const flaky = document.verdicts.filter((verdict) => verdict.flaky === true);
  expect(flaky.length).toBeGreaterThan(0);
  expect(flaky.length).toBeLessThan(document.verdicts.length);
  for (const { reason } of flaky)
    expect(reason).toMatch(/^the second try; the first one: containerd \S*1\.7\.24\S* ended while the pod .*process \d+ is gone/);
  expect(document.run.exit).toBe(0);
});

const artifacts = process.env['PODPROOF_ARTIFACTS'];

// Only where somebody brought these engines: no Debian has them.
describe.runIf(artifacts !== undefined)('engines of $PODPROOF_ARTIFACTS', () => {
  let document: Document;
  beforeAll(async () => {
    document = await sabotaged(
      'host=debian-13 engine=containerd@2.2.7,containerd@2.3.4,crio@1.36.3 runtime=runc,crun scenario=user-and-group question=OWN-EFFECTIVE,OWN-ID',
      inFile((text, path) => {
        expect(text).toContain(`${flag} = true`);
        const misspelt = text.replace(flag, 'device_ownership_from_security_contxt');
        return path.endsWith('/crio.conf') ? misspelt.replaceAll(/"\/\S+\/crun"/g, '"/nonexistent/crun"') : misspelt;
      }),
      'qualification',
    );
  });

  const of = (engine: string, runtime: string): Record<string, Verdict> =>
    byQuestion(document.verdicts.filter(({ cell }) => cell.includes(`/${engine}`) && cell.includes(`/${runtime}-`)));

  test.for([
    { engine: 'containerd-2.2.7', words: "the engine's log says that it ignores device_ownership_from_security_contxt" },
    { engine: 'containerd-2.3.4', words: "the engine's log says that it ignores device_ownership_from_security_contxt" },
    { engine: 'crio-', words: 'ignores keys that it does not know, without a word' },
  ])('$engine: a misspelt key is found, with what the engine says of it', ({ engine, words }) => {
    const verdict = of(engine, 'runc')['OWN-EFFECTIVE'];
    expect(verdict?.verdict).toBe('fail');
    expect(verdict?.observed).toContain(`${flag} = false`);
    expect(verdict?.observed).toContain(words);
  });

  test('a handler that CRI-O leaves out with a warning blocks its own cells before their first pod, and no others', () => {
    expect(of('crio-', 'crun')['OWN-ID']).toMatchObject({ verdict: 'blocked' });
    expect(of('crio-', 'crun')['OWN-ID']?.reason).toMatch(
      /left a handler out: Runtime handler "crun-\S+" is being ignored due to/,
    );
    expect(of('crio-', 'runc')['OWN-ID']).toMatchObject({ verdict: 'pass' });
  });
});
