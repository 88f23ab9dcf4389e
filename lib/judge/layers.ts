import type { Layer } from '../model/document.ts';
import type { DeviceNode } from '../model/device-node.ts';
import type { Observation } from '../model/observation.ts';
import type { Evidence } from '../suite/evidence.ts';
import { hostNodeOf } from '../suite/read/node.ts';
import type { About } from '../suite/reading.ts';
import { kubeletLayers } from './kubelet-layers.ts';

const ownershipKey = 'device_ownership_from_security_context';

/**
 * The way of a device's value: CRI request → effective engine configuration → OCI spec → host node → guest node; before them the manifest
 * and the kubelet, where one made the request.
 * `changed` marks the first layer at fault: a key that is not effective as planned, else the first layer whose value is the
 * observed one while the layer before had another.
 */
export function deviceLayers(
  about: About,
  { observation, lease, cell }: Pick<Evidence, 'observation' | 'lease' | 'cell'>,
): Layer[] {
  const { path, field } = about;
  const { request, kubelet } = observation;
  const device = request.devices.find((entry) => entry.containerPath === path || path.startsWith(`${entry.containerPath}/`));
  const spec = observation.spec?.linux?.devices.find((entry) => entry.path === path);
  const host = hostNodeOf(path, { observation, cell });
  const guest = observation.guest?.dev.find((entry) => entry.path === path);

  const wanted = field === 'uid' ? request.runAsUser : field === 'gid' ? request.runAsGroup : undefined;
  const planned = lease.engine.planned[ownershipKey];
  const effective = lease.engine.effective[ownershipKey];
  const ownership = field === 'uid' || field === 'gid';

  const layers: Layer[] = [
    ...(kubelet === undefined ? [] : kubeletLayers(about, kubelet)),
    {
      layer: 'cri',
      value:
        device === undefined
          ? `no device at ${path}`
          : ownership
            ? `${field === 'uid' ? 'runAsUser' : 'runAsGroup'} ${wanted ?? 'unset'}`
            : `${device.hostPath} ${device.permissions}`,
      changed: false,
    },
    {
      layer: 'engine-config',
      value: ownership
        ? `${ownershipKey} = ${effective ?? 'not effective'}${effective === planned ? '' : `, planned ${planned}`}`
        : 'no key changes it',
      changed: ownership && effective !== planned,
    },
    { layer: 'oci-spec', value: spec === undefined ? `no device at ${path}` : specValue(spec, field), changed: false },
    { layer: 'host', value: host === undefined ? 'no node' : nodeValue(host, field), changed: false },
    { layer: 'guest', value: guest === undefined ? 'no node' : nodeValue(guest, field), changed: false },
  ];
  if (!layers.some((layer) => layer.changed)) {
    const [specLayer, guestLayer] = ['oci-spec', 'guest'].map((name) => layers.find(({ layer }) => layer === name));
    const atFault =
      specLayer !== undefined && guestLayer !== undefined && specAgrees(specLayer.value, guestLayer.value)
        ? specLayer
        : guestLayer;
    if (atFault !== undefined) atFault.changed = true;
  }
  return layers;
}

/** The spec already had what the guest shows, or left the choice to the runtime by saying nothing. */
function specAgrees(spec: string, guest: string): boolean {
  return spec === guest || spec.startsWith('unset') || (spec.startsWith('no device') && guest === 'no node');
}

type Field = About['field'];

function nodeValue({ uid, gid, mode, type, major = '?', minor = '?' }: Pick<DeviceNode, 'mode'> & Shown, field: Field): string {
  return { uid: `${uid}`, gid: `${gid}`, mode, type: `${type} ${major}:${minor}`, presence: 'there' }[field];
}

/** What a node and a device of the OCI specification both have. */
type Shown = { [Key in 'uid' | 'gid' | 'type' | 'major' | 'minor']?: string | number | undefined };

type SpecDevice = NonNullable<NonNullable<Observation['spec']>['linux']>['devices'][number];

function specValue({ uid, gid, fileMode, ...device }: SpecDevice, field: Field): string {
  const mode = fileMode === undefined ? 'unset: the runtime chooses' : (fileMode & 0o7777).toString(8).padStart(4, '0');
  return nodeValue({ ...device, uid: uid ?? 'unset', gid: gid ?? 'unset', mode }, field);
}
