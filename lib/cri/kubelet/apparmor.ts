import { allContainers, type Container, type Pod, type SecurityContext } from '../../manifest/pod.ts';
import { SecurityProfile_ProfileType as ProfileType } from '../gen/cri_pb.js';
import { kubeletHas } from './facts.ts';
import type { KubeletNode } from './node.ts';

type Profile = NonNullable<SecurityContext['appArmorProfile']>;

/** Key of the annotation that named a container's profile before there was a field. */
const annotation = 'container.apparmor.security.beta.kubernetes.io/';

/**
 * A container's AppArmor profile, in both forms of the CRI (Kubernetes v1.37.2 pkg/kubelet/kuberuntime/helpers.go, getAppArmorProfile, and
 * pkg/security/apparmor/helpers.go, GetProfile). Before 1.30 there is the annotation alone, and its text is passed on.
 */
export function apparmorProfile(node: KubeletNode, { metadata, spec }: Pod, container: Container) {
  const noted = metadata.annotations[`${annotation}${container.name}`];
  if (!kubeletHas(node, 'apparmor-field')) return noted === undefined ? {} : { apparmorProfile: noted };
  const profile = container.securityContext?.appArmorProfile ?? fromText(noted) ?? spec.securityContext?.appArmorProfile;
  if (profile === undefined) return {};
  const { type, localhostProfile = '' } = profile;
  return {
    apparmor: { profileType: ProfileType[type], localhostRef: type === 'Localhost' ? localhostProfile : '' },
    apparmorProfile:
      type === 'Localhost' ? `localhost/${localhostProfile}` : type === 'Unconfined' ? 'unconfined' : 'runtime/default',
  };
}

/** Whether a pod says anything of AppArmor, for any of its containers. */
export function namesProfile({ metadata, spec }: Pod): boolean {
  return (
    Object.keys(metadata.annotations).some((key) => key.startsWith(annotation)) ||
    [spec, ...allContainers(spec)].some(({ securityContext }) => securityContext?.appArmorProfile !== undefined)
  );
}

/** Of an annotation that says none of the known words nothing comes. */
function fromText(text: string | undefined): Profile | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text === 'unconfined') return { type: 'Unconfined' };
  return text?.startsWith('localhost/') === true
    ? { type: 'Localhost', localhostProfile: text.slice('localhost/'.length) }
    : undefined;
}
