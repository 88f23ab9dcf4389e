import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { acquireHost } from '../registry.ts';
import { leastNeeds } from '../needs.ts';
import type { LeaseContext } from '../host.ts';

const context: LeaseContext = {
  ledger: {
    run: 'unit',
    record: () => {
      throw new Error('nothing may be created');
    },
  },
  logs: tmpdir(),
  signal: new AbortController().signal,
  progress: () => undefined,
};

test('this machine is refused where matrix.json does not give it away, whatever marker it has', async () => {
  const spec = { kind: 'local', disposable: false } as const;
  await expect(acquireHost('here', spec, context, { variant: 'plain', needs: leastNeeds })).rejects.toThrow(
    'Refused to use this machine as host here: matrix.json does not say that it is disposable',
  );
  expect(existsSync('/run/podproof-lease')).toBe(false);
});
