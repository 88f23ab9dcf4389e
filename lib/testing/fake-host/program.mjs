// A program of a fake host, by the name of the script that runs it: `program.mjs SCRIPT ARGV…`.
import { existsSync, readFileSync } from 'node:fs';
import { compiled } from '../../util/compiled.mjs';

// A machine that dies takes its processes along.
const machine = readFileSync(`${process.env.PODPROOF_FAKE_HOST}/machine.pid`, 'utf8');
setInterval(() => existsSync(`/proc/${machine}/exe`) || process.exit(1), 100).unref();
const name = process.argv[2]?.endsWith('/kubelet') ? 'kubelet' : 'engine';
const [program] = await compiled(`lib/testing/fake-host/${name}.ts`);
await import(program);
