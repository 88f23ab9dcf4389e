import { expect, test } from 'vitest';
import { checksText } from './doctor.ts';

test('doctor wraps what it found and each fix at words, under their own beginning', () => {
  const found = '0:0 0600 group root: this user may not open it, and so hosts are emulated';
  const fix = 'sudo chgrp kvm /dev/kvm && sudo chmod 0660 /dev/kvm && sudo usermod -aG kvm "$USER"';
  const checks = [
    { id: 'kvm', title: '/dev/kvm of this machine', status: 'warn' as const, found, fix },
    { id: 'ssh', title: 'connection to hosts', status: 'ok' as const, found: 'OpenSSH_9.2' },
  ];
  expect(checksText(checks, 80).split('\n')).toEqual([
    'warning  /dev/kvm of this machine: 0:0 0600 group root: this user may not open',
    '         it, and so hosts are emulated',
    '         fix: sudo chgrp kvm /dev/kvm && sudo chmod 0660 /dev/kvm && sudo',
    '              usermod -aG kvm "$USER"',
    'ok       connection to hosts: OpenSSH_9.2',
    '',
  ]);
  expect(checksText(checks, 200).split('\n')).toHaveLength(4);
});
