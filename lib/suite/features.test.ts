import { expect, test } from 'vitest';
import { compareVersions } from '../model/version.ts';
import { features, type FeatureRow } from './features.ts';

const rows: readonly FeatureRow[] = features;

test('every row has a readable range that is not empty, and says where it is written', () => {
  for (const { feature, since, until, citation } of rows) {
    expect(compareVersions(since, '0'), feature).toBeGreaterThan(0);
    if (until !== undefined) expect(compareVersions(since, until), feature).toBeLessThan(0);
    expect(citation, feature).toMatch(/\S/);
  }
});

test('two rows of one feature of one component never cover the same version', () => {
  const ranges = (row: FeatureRow) => rows.filter((other) => other.of === row.of && other.feature === row.feature);
  for (const row of rows) {
    for (const other of ranges(row)) {
      if (other === row || compareVersions(other.since, row.since) < 0) continue;
      expect(row.until, `${row.of} ${row.feature} from ${row.since}`).toBeDefined();
      expect(compareVersions(row.until ?? '0', other.since), `${row.of} ${row.feature}`).toBeLessThanOrEqual(0);
    }
  }
});
