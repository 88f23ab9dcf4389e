// What AppArmor makes of a pod is the same question whoever asks for the pod: podproof itself, or a kubelet.
import { appArmor } from '../lib/suite/mod.ts';

const confined = { profile: 'default' } as const;
const unconfined = { profile: 'none' } as const;

/** Of a pod that asks for the default profile, or for nothing. */
export const heldByDefault = {
  reads: { profile: appArmor() },
  answers: {
    confined: { says: 'yes, and the kernel enforces it', seen: confined },
    unconfined: { says: 'no, nothing confines it', harm: 'weakens', seen: unconfined },
  },
  documented: { confined: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline' },
} as const;

/** Of a pod that asks to be unconfined, or that is privileged. */
export const freedOnRequest = {
  reads: { profile: appArmor() },
  answers: {
    unconfined: { says: 'yes', seen: unconfined },
    confined: { says: 'no, the default profile of its engine confines it', harm: 'breaks', seen: confined },
  },
  documented: { unconfined: 'https://kubernetes.io/docs/tutorials/security/apparmor/' },
} as const;
