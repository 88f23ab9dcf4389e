import { expect, test } from 'vitest';
import { assertion } from '../../testing/fake-qemu.ts';
import { clause } from './last-words.ts';

test('an assertion is named by its function, whoever wrote it', () => {
  expect(clause(assertion)).toBe('an assertion failed in kvm_buf_set_msrs');
  const glib = 'ERROR:../../accel/tcg/tcg-accel-ops.c:82:tcg_handle_interrupt: assertion failed: (qemu_mutex_iothread_locked())';
  expect(clause(`**\n${glib}\nBail out! ${glib}\n`)).toBe('an assertion failed in tcg_handle_interrupt');
});

test('other words are the last line without the name of the program, at most 100 characters', () => {
  expect(clause('warning: x\n/a/b/qemu-system-x86_64: -drive file=x: Could not open\n')).toBe('-drive file=x: Could not open');
  expect(clause('y'.repeat(500))).toHaveLength(100);
  expect(clause('')).toBe('');
});
