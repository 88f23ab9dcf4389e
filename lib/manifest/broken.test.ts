import { describe, expect, test } from 'vitest';
import { brokenManifests } from '../testing/broken-manifests.ts';
import { ManifestError } from './error.ts';
import { readManifest } from './read.ts';

describe('a manifest that cannot be applied is refused in one sentence with its place', () => {
  test.for(brokenManifests)('$about', ({ text, says }) => {
    let thrown: unknown;
    try {
      readManifest(text, { file: 'pod.yaml', schema: '1.37' });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ManifestError);
    expect(thrown).toHaveProperty('message', `pod.yaml:${says}`);
  });
});
