#!/usr/bin/env node
import { compiled } from './util/compiled.mjs';

const [program] = await compiled('lib/cli.ts');
await import(program);
