import '../../typescript.mjs';

await import('./fake-engine.ts');
