import { expect, test } from 'vitest';
import { compareVersions } from '../util/version.ts';
import { features, type FeatureRow } from './features.ts';

const rows: readonly FeatureRow[] = features;

test('every row has a readable range that is not empty, and says where it is written', () => {
  for (const { feature, since, until, citation } of rows) {
    expect(compareVersions(since, '0'), feature).toBeGreaterThan(0);
    if (until !== undefined) expect(compareVersions(since, until), feature).toBeLessThan(0);
    expect(citation, feature).toMatch(/\S/);
  }
});

test('no engine has a feature twice', () => {
  const seen = rows.map(({ feature, engine }) => `${engine} ${feature}`);
  expect(seen).toEqual([...new Set(seen)]);
});
