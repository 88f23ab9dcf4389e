import { compiled } from '../../compiled.mjs';

await import(await compiled('lib/testing/faults/fake-engine.ts'));
