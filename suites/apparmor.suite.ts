import { appArmor, appArmorHost, ownKernel, question, runtime, suite } from '../lib/suite/mod.ts';

const kubernetes = 'https://kubernetes.io/docs/tutorials/security/apparmor/';
const standards = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/';
/** A container in a guest has the guest's kernel, and gVisor's has no AppArmor. */
const here = { needs: [appArmorHost, ownKernel, runtime('runc', 'crun')], options: { appArmor: true } };

export default suite({
  id: 'apparmor',
  title: 'What AppArmor holds a container to',
  scenarios: [
    { id: 'unnamed', title: 'pod that names no AppArmor profile', ...here, pod: {} },
    { id: 'default', title: 'pod with the AppArmor profile RuntimeDefault', ...here, pod: { appArmor: 'RuntimeDefault' } },
    { id: 'unconfined', title: 'pod with the AppArmor profile Unconfined', ...here, pod: { appArmor: 'Unconfined' } },
    { id: 'privileged', title: 'privileged pod that names no AppArmor profile', ...here, pod: { privileged: true } },
  ],
  questions: [
    question({
      id: 'LSM-DEFAULT',
      asks: 'Does the default profile of its engine confine a container that asks for it, or for nothing?',
      on: ['unnamed', 'default'],
      reads: { profile: appArmor() },
      answers: {
        confined: { says: 'yes, and the kernel enforces it', seen: { profile: 'default' } },
        unconfined: { says: 'no, nothing confines it', harm: 'weakens', seen: { profile: 'none' } },
      },
      documented: { confined: `${standards}#baseline` },
    }),
    question({
      id: 'LSM-UNCONFINED',
      asks: 'Is a container unconfined that asks for it, or that is privileged?',
      on: ['unconfined', 'privileged'],
      reads: { profile: appArmor() },
      answers: {
        unconfined: { says: 'yes', seen: { profile: 'none' } },
        confined: {
          says: 'no, the default profile of its engine confines it',
          harm: 'breaks',
          seen: { profile: 'default' },
        },
      },
      documented: { unconfined: kubernetes },
    }),
  ],
});
