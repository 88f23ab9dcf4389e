import { expect, test } from 'vitest';
import { engines } from '../engines/facts.ts';
import { runtimes } from '../runtimes/facts.ts';
import { componentFacts } from './feature.ts';
import { compareVersions } from './version.ts';

const rows = Object.keys({ ...engines, ...runtimes }).flatMap((of) =>
  (componentFacts(of)?.features ?? []).map((row) => ({ of, ...row })),
);

test('every row has a readable range that is not empty, and says where it is written', () => {
  for (const { feature, since, until, citation } of rows) {
    expect(compareVersions(since, '0'), feature).toBeGreaterThan(0);
    if (until !== undefined) expect(compareVersions(since, until), feature).toBeLessThan(0);
    expect(citation, feature).toMatch(/\S/);
  }
});

test('two rows of one feature of one component never cover the same version', () => {
  const ranges = (row: (typeof rows)[number]) => rows.filter((other) => other.of === row.of && other.feature === row.feature);
  for (const row of rows) {
    for (const other of ranges(row)) {
      if (other === row || compareVersions(other.since, row.since) < 0) continue;
      expect(row.until, `${row.of} ${row.feature} from ${row.since}`).toBeDefined();
      expect(compareVersions(row.until ?? '0', other.since), `${row.of} ${row.feature}`).toBeLessThanOrEqual(0);
    }
  }
});
