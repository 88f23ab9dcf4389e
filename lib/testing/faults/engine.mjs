import { compiled } from '../../util/compiled.mjs';

const [program] = await compiled('lib/testing/faults/fake-engine.ts');
await import(program);
