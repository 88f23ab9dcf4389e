import { expect, test } from 'vitest';
import { evidence } from '../../testing/evidence.ts';
import { appArmor } from './credentials.ts';

test.for([
  ['cri-containerd.apparmor.d (enforce)', 'default'],
  ['cri-containerd.apparmor.d (complain)', 'other'],
  ['crio-default (enforce)', 'other'],
  ['unconfined', 'none'],
  [undefined, 'unseen'],
])('a process under %s is confined by %s', ([seen, word]) => {
  expect(appArmor().read(evidence(({ guest }) => Object.assign(guest, { appArmor: seen })))?.word).toBe(word);
});
