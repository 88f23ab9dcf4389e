import { compiled } from '../../util/compiled.mjs';

const [program] = await compiled('lib/testing/e2e/fake-podproof.ts');
await import(program);
