import { expect, test } from 'vitest';
import { referenceDocuments } from '../verbs/reference-documents.ts';
import { testedText } from './tested-text.ts';

test('what was tested names the kubelet that asked for the pods, where there was one', async () => {
  const documents = await referenceDocuments();
  const told = (run: string): string[] => documents.filter(({ run: { id } }) => id === run).map(testedText);
  expect(told('kubelet-1.34.4-containerd-1.7.24')).toEqual(['containerd 1.7.24 · runc 1.1.15 · kubelet 1.34.4 · debian-13']);
  expect(told('crio-1.36.3')).toEqual(['CRI-O 1.36.3 · crun 1.21, runc 1.1.15 · debian-13']);
});
