import { compiled } from '../../compiled.mjs';

await import(await compiled('lib/testing/e2e/fake-podproof.ts'));
