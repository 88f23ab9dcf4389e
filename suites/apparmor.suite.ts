import { appArmorHost, ownKernel, question, runtime, suite } from '../lib/suite/mod.ts';
import { freedOnRequest, heldByDefault } from './confinement.ts';

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
      ...heldByDefault,
    }),
    question({
      id: 'LSM-UNCONFINED',
      asks: 'Is a container unconfined that asks for it, or that is privileged?',
      on: ['unconfined', 'privileged'],
      ...freedOnRequest,
    }),
  ],
});
