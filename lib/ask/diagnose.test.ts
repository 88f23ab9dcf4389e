import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnose.ts';
import { read } from './reader/reading.ts';
import { symptoms } from './symptoms/all.ts';
import { errnoNames } from './reader/errno.ts';

function causesOf(text: string): string[] {
  return diagnose(read(text), symptoms).map(({ symptom }) => symptom.id);
}

describe('the causes of a text', () => {
  it.for([
    'connect: No such device or address',
    'Error: No such device or address',
    'database is locked: Resource busy',
    'Registered device plugin with Kubelet',
    'touch: cannot touch /data/x: Permission denied',
  ])('are none where neither an object nor a layer tells what failed: %s', (text) => {
    expect(causesOf(text)).toEqual([]);
  });

  it('leave out what the version in the text does not have', () => {
    const refused = 'open /dev/net/tun: operation not permitted';
    expect(causesOf(`runc version 1.2.1\n${refused}`)[0]).toBe('cgroup-default-rule-tun');
    expect(causesOf(`runc version 1.1.15\n${refused}`)[0]).toBe('device-cgroup');
  });

  it('are those of the node that refused, not of the next one that a program tried', () => {
    const tried = 'open("/dev/sgx_enclave") = -1 EACCES (Permission denied)\nopen("/dev/sgx/enclave") = -1 ENOENT';
    expect(causesOf(tried)[0]).toBe('file-mode');
  });

  it('do not hang on who logged a failure', () => {
    expect(causesOf('level=error msg="Device x not found" name=containerd-shim-v2 subsystem=sandbox')).not.toContain('no-shim');
  });
});

describe('the words of an errno', () => {
  it('are words, not the pattern that they are found by', () => {
    expect(errnoNames.map(({ words }) => words).filter((words) => /[()?<\\]/.test(words))).toEqual([]);
  });
});
