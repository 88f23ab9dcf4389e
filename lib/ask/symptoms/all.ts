import { accessSymptoms } from './access.ts';
import { cdiSymptoms } from './cdi.ts';
import { cgroupSymptoms } from './cgroup.ts';
import { engineSymptoms } from './engine.ts';
import { kataSymptoms } from './kata.ts';
import { kubernetesSymptoms } from './kubernetes.ts';
import { limitSymptoms } from './limits.ts';
import { lsmSymptoms } from './lsm.ts';
import { gpuSymptoms, nodeSymptoms } from './node.ts';
import { symptomOf, type Symptom } from './symptom.ts';
import { rootlessSymptoms, usernsSymptoms } from './userns.ts';
import { vmmSymptoms } from './vmm.ts';

/** Every cause that is known; where two fit equally well, the one that comes first is named first. */
export const symptoms: readonly Symptom[] = [
  ...lsmSymptoms,
  ...cgroupSymptoms,
  ...accessSymptoms,
  ...nodeSymptoms,
  ...gpuSymptoms,
  ...usernsSymptoms,
  ...rootlessSymptoms,
  ...limitSymptoms,
  ...kubernetesSymptoms,
  ...cdiSymptoms,
  ...engineSymptoms,
  ...kataSymptoms,
  ...vmmSymptoms,
].map(symptomOf);
