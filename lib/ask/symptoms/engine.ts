import type { SymptomRow } from './symptom.ts';

/** The engine and its configuration. */
export const engineSymptoms: readonly SymptomRow[] = [
  {
    id: 'no-handler',
    example: 'failed to find runtime handler kata from runtime list map[runc:0xc000]',
    cause: 'the engine has no handler of that name; CRI-O drops one with a bad key, warns in its log and starts',
    where: 'CRI-O says failed to find, containerd says no runtime for; at RunPodSandbox.',
    questions: ['ID-RUNTIME', 'ID-CONFIG'],
    remedies: [
      'name the table as RuntimeClass.handler does: containerd …containerd.runtimes.NAME, CRI-O crio.runtime.runtimes.NAME, written out in full; look for a dropped key in the engine’s log',
    ],
    otherwise:
      'crictl info | grep -A2 runtimes on that node: if the handler is there, the pod ran on another node or before the restart',
    signs: [
      {
        weight: 9,
        says: /(?:failed to )?find runtime handler|no runtime for .{0,40}is configured|runtime handler .{0,80}(?:is being ignored|not found|not supported|is not (?:configured|found)|unknown)|(?:no|unknown|unsupported) runtime handler|no corresponding runtime configured|handler .{0,40}not (?:configured|found)/i,
        not: /user namespaces/i,
      },
    ],
    source: 'measured: CRI-O 1.36.3; read: containerd v1.7.24 pkg/cri/server',
  },
  {
    id: 'no-shim',
    example:
      'failed to resolve runtime path: runtime "io.containerd.kata.v2" binary not installed "containerd-shim-kata-v2": file does not exist',
    cause: 'the engine does not find the shim of the handler’s runtime_type',
    where: 'containerd: at RunPodSandbox. CRI-O wants a name like containerd-shim-NAME-v2.',
    questions: ['ID-RUNTIME'],
    remedies: [
      {
        do: 'put the shim into the PATH of the engine, or name it: runtime_path = "/absolute/containerd-shim-kata-v2"',
        since: 'containerd 1.6; CRI-O always',
      },
    ],
    otherwise:
      'systemctl show -p Environment containerd and ls -l of the shim: if it is there and executable, its interpreter or libraries are missing (ldd)',
    signs: [
      {
        weight: 9,
        says: /binary not installed|naming pattern is not followed|invalid custom binary path|resolve runtime path|containerd-shim-[\w-]+.{0,80}(?:no such file|not found|does not exist|permission denied|not executable)|(?:no such file|not found).{0,40}containerd-shim|fork\/exec \S*containerd-shim/i,
      },
    ],
    source: 'read: containerd v2.3.4 core/runtime/v2',
  },
  {
    id: 'runtime-binary-missing',
    example: 'exec: "nvidia-container-runtime": executable file not found in $PATH: unknown',
    cause: 'a program that the engine starts is not there or cannot be executed: the OCI runtime, a hook, conmon',
    where: 'containerd, CRI-O, docker, podman, after an incomplete installation or an update.',
    questions: ['ID-RUNTIME'],
    remedies: [
      'install it on the node, or correct its path: BinaryName, runtime_path, conmon, daemon.json; and restart the engine',
    ],
    otherwise:
      'ls -l and file of the named path on the node: if it is there, it is of another architecture or its interpreter is missing',
    signs: [
      {
        weight: 9,
        says: /(?:exec:? ?)?"?'?(?:\/\S*\/)?(?:runc|crun|youki|conmon(?:rs)?|nvidia-container-(?!cli(?:\.real)?: )\w+|nvidia-ctk|runsc|kata-runtime|crio-\w+|pinns|fuse-overlayfs|docker-runc|docker-init|catatonit|netavark|iptables)"?'?:? .{0,40}(?:executable file not found|no such file|not found|permission denied)|(?:fork\/exec|l?stat|exec:) "?\/\S*(?:runc|crun|conmon|nvidia-container\S*|nvidia-ctk|runsc|hook\w*)"?:? .{0,20}(?:no such file|not found|permission denied|exec format)|unknown or invalid runtime name|unknown runtime specified|(?:default )?OCI runtime (?!attempted).{0,60}not found|cannot find (?:conmon|runc|crun|OCI runtime)|hook(?!.{0,200}nvidia-container-cli).{0,120}(?:no such file|not found)|\/\S*bin\/\S+ (?:does not exist|doesn't exist|not found|is not executable)/i,
        not: /nvidia-smi|containerd-shim|iptables.{0,20}permission|fuse: device not found|cannot mount/i,
      },
      { weight: 7, errno: ['EACCES', 'ENOENT'], verb: ['exec'], says: /hook.{0,40}fork\/exec/i },
      { weight: 7, errno: ['ENOEXEC'] },
    ],
    source: 'read: containerd v2.3.4 core/runtime/v2, cri-o v1.36.3 pkg/config/config.go',
  },
  {
    id: 'config-version',
    example: 'expected containerd config version equal to or less than `3`, got `4`',
    cause:
      'the configuration file, or a drop-in of it, has another schema than this containerd reads, or keys of another schema than it names',
    where:
      'containerd 1.6.32, 1.7.17 and 2.0 on; older ones load such a file, ignore its tables and run on defaults. A drop-in may not be newer than its main file in 2.3.0 to 2.3.4.',
    ranges: ['containerd >=1.6.32'],
    questions: ['ID-CONFIG', 'DOC-DROP-IN-NEWER', 'DOC-DROP-IN-OLDER'],
    remedies: [
      'version = 2 with [plugins."io.containerd.grpc.v1.cri"] is read by 1.3 to 2.3; schema 3 needs 2.0, schema 4 needs 2.3',
    ],
    otherwise: 'containerd -c FILE config dump: what became effective; if the key is there, it is its value',
    signs: [
      {
        weight: 9,
        says: /unsupported config version|config version equal to or less than|drop-in config version|invalid (?:disabled |required )?plugin (?:key )?URI|expect io\.containerd|config(?:uration)? version .{0,40}(?:not supported|unsupported|deprecated|higher|newer|older)/i,
      },
    ],
    source: 'read: containerd v2.3.4 RELEASES.md, cmd/containerd/server/config/config.go',
  },
  {
    id: 'unknown-key',
    example: 'level=warning msg="Ignoring unknown key in TOML for plugin" key=device_ownership_from_security_context',
    cause: 'a key of the configuration has no effect: mostly one that stands in the table of another schema',
    where: 'containerd 2.0 on says so. 1.x and CRI-O ignore unknown keys without a word.',
    ranges: ['containerd >=2.0.0'],
    questions: ['ID-CONFIG', 'OWN-EFFECTIVE'],
    remedies: [
      {
        do: 'move it: runtime and device keys from [plugins."io.containerd.grpc.v1.cri"] to [plugins."io.containerd.cri.v1.runtime"], image keys to [plugins."io.containerd.cri.v1.images"]',
        since: 'containerd schema 3',
      },
    ],
    otherwise: 'containerd config dump | grep <key>: if it has your value, another file wins',
    signs: [
      {
        weight: 9,
        says: /unknown key in TOML|Ignoring unknown key|unknown (?:config(?:uration)? )?(?:key|field|option) .{0,60}(?:config|toml)/i,
      },
    ],
    source: 'read: containerd v2.3.4 cmd/containerd/server/config/config.go:421-431',
  },
  {
    id: 'config-invalid',
    example: 'containerd: failed to load TOML: /etc/containerd/config.toml: (27, 47): was expecting token [[',
    cause: 'the engine refuses its configuration, or cannot read it',
    where: 'containerd, CRI-O and docker at start, and every handler’s own options.',
    questions: ['ID-CONFIG'],
    remedies: ['mend the named line or key; start from containerd config default or crio config'],
    otherwise:
      'containerd -c FILE config dump, or crio -c FILE config: if it prints, the file is not the one that the unit reads',
    signs: [
      {
        weight: 9,
        says: /failed to load TOML|invalid plugin config|validat\w+ (?:\w+ )?config|\btoml:|(?:decode|unmarshal|parse|load)\w* (?:the )?(?:\w+ )?config(?:uration)?\b|invalid config(?:uration)?|config(?:uration)? (?:file )?.{0,40}(?:is )?(?:invalid|malformed)|requires? privileged_without_host_devices|daemon\.json|unable to configure the Docker daemon|(?:mirrors|bin_dirs?|config_path).{0,60}cannot be set|invalid allowed_annotation|runtime_config_path can only|conmon_cgroup/i,
        not: /unknown key|config version|CDI|cgroupsPath|usable config file|KATA_CONF|runtime handler|kubeconfig/i,
      },
    ],
    source: 'read: containerd v2.3.4 cmd/containerd/server/config, cri-o v1.36.3 pkg/config/config.go',
  },
  {
    id: 'cri-disabled',
    example: 'rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService',
    cause:
      'containerd runs without its CRI plugin: disabled_plugins = ["cri"], a configuration that the plugin refused, or a version without CRI v1',
    where:
      'containerd of docker’s packages (disabled there), and every containerd before 1.6 for CRI v1; kubeadm, crictl, kubelet.',
    questions: ['ID-API', 'ID-CONFIG'],
    remedies: ['take "cri" out of disabled_plugins, or write containerd config default anew; restart; containerd 1.6 or newer'],
    otherwise: 'ctr plugins ls | grep cri: ok there speaks for another socket',
    signs: [
      {
        weight: 9,
        says: /unknown service runtime\.v1|CRI v1 \w+ API is not implemented|(?:cri|grpc\.v1\.cri).{0,60}(?:disabled|not (?:loaded|implemented|enabled))|server is not initialized yet/i,
      },
    ],
    source: 'read: containerd v2.3.4 plugins/cri; docker packaging’s containerd config.toml',
  },
  {
    id: 'crio-annotation-not-allowed',
    example: 'device /dev/foo is specified but is not in allowed_devices',
    cause:
      'CRI-O drops or refuses an annotation that its handler or workload does not allow, or a device outside allowed_devices',
    where: 'CRI-O: allowed_annotations of the handler, allowed_devices (1.23.1 on, default /dev/fuse and /dev/net/tun).',
    remedies: [
      {
        do: 'add the annotation to allowed_annotations and the path to allowed_devices in [crio.runtime]',
        cost: 'every pod of that handler can ask for the device',
      },
    ],
    otherwise: 'crio status config | grep allowed_: if both are listed, the annotation is on the container and not on the pod',
    signs: [
      {
        weight: 9,
        says: /allowed_devices|allowed_annotations?|annotation .{0,80}(?:is )?not allowed|io\.kubernetes\.cri-o\.|devices\.crio\.io|disallowed annotation/i,
        not: /being ignored|enable_annotations/i,
      },
    ],
    source: 'read: cri-o v1.36.3 internal/factory/container/device_linux.go',
  },
  {
    id: 'shim-options',
    example: 'failed to create shim task: unsupported option type "containerd.runc.v1.Options"',
    cause: 'containerd sends a shim the options of another runtime',
    where: 'containerd 2.0 releases with runsc; a handler whose runtime_type does not fit its options.',
    questions: ['ID-RUNTIME'],
    remedies: [
      'options of the shim’s own kind (TypeUrl, ConfigPath), the right runtime_type, and the newest patch of containerd',
    ],
    otherwise: 'crictl info, runtimeType and options of the handler: if they fit, the shim is older than containerd',
    signs: [
      {
        weight: 9,
        says: /unsupported option type|type with url .{0,80}not found|unmarshal .{0,60}options|Options.{0,30}(?:unsupported|not supported|unknown type)|unexpected (?:runtime )?options/i,
      },
    ],
    source: 'read: https://github.com/containerd/containerd/issues/11091',
  },
  {
    id: 'shim-gone',
    example: 'failed to create shim task: ttrpc: closed: unknown',
    cause: 'the shim or its sandbox ended or does not answer; the cause is earlier, in its own log',
    where: 'containerd and CRI-O with any shim.',
    remedies: [
      'journalctl -u containerd (or -t kata) around that time, dmesg for the OOM killer; then explain the first error there',
    ],
    otherwise: 'dmesg | grep -i -e oom -e segfault on the node: a line for the shim or VMM is the cause',
    signs: [
      {
        weight: 8,
        says: /ttrpc: closed|shim .{0,60}(?:exited|died|dead|disconnected|not running)|shim disconnected|containerd-shim.{0,80}(?:dead|killed|defunct)|dead shim|failed to start shim.{0,40}(?:exit status|signal|timeout)|failed to (?:connect|dial) .{0,30}shim|start failed: .{0,40}(?:exit status|connect|dial)|cleaning up after shim|sandbox container .{0,60}(?:is not running|exited)|container task .{0,30}(?:not running|exited)/i,
      },
      {
        weight: 5,
        says: /context deadline exceeded|DeadlineExceeded/i,
        layer: ['engine', 'kubelet', 'shim'],
        not: /register|plugin|dial device|pull|image|probe/i,
      },
      { weight: 5, errno: ['ECONNREFUSED', 'ENOENT'], says: /shim|\.ttrpc|\/run\/containerd\/s\//i },
    ],
    source: 'read: containerd v2.3.4 core/runtime/v2/shim.go',
  },
  {
    id: 'snapshotter-unavailable',
    example: 'snapshotter devmapper was not found: not found',
    cause: 'the snapshotter of the handler is not loaded, or it does not fit the image or the file system',
    where:
      'containerd: devmapper, nydus, stargz, overlayfs; per-handler snapshotter from 1.7 on, in 2.0 to 2.2 as runtime_platforms of the image service.',
    questions: ['DOC-SNAPSHOTTER'],
    remedies: ['configure or start it (ctr plugins ls | grep snapshotter), and pull the image anew with that snapshotter'],
    otherwise: 'ctr plugins ls | grep snapshotter: ok there speaks for content that was pulled for another one',
    signs: [
      {
        weight: 9,
        says: /snapshotter.{0,80}(?:not (?:loaded|found|supported|available|registered|configured)|unavailable|was not|fail|error|invalid|refused|no such)|failed to create snapshot|missing parent .{0,80}bucket|(?:devmapper|nydus|stargz|erofs).{0,80}(?:not loaded|fail|unsupported|invalid argument|error|no such|mount callback)|mount callback failed|(?:thin|dm) ?pool.{0,60}(?:fail|error|not|exist)|failed to (?:prepare|mount) .{0,40}(?:snapshot|rootfs).{0,80}|failed to (?:unpack|prepare extraction snapshot)|fuse\.rafs|rafs/i,
        not: /idmap|MOUNT_ATTR|rootfs\/dev|lchown|fuse: device|permission denied|operation not permitted/i,
      },
    ],
    source: 'read: containerd v2.3.4 plugins/cri/images/plugin.go',
  },
  {
    id: 'mount-not-shared',
    example: 'path "/sys" is mounted on "/sys" but it is not a shared or slave mount',
    cause: 'a volume asks for mount propagation, and the mount below it is not shared',
    where: 'containerd, CRI-O, docker and the kubelet: Bidirectional needs a shared, HostToContainer a shared or slave mount.',
    remedies: [
      'HostToContainer instead of Bidirectional, or none, where the pod itself mounts nothing for others',
      {
        do: 'mount --make-rshared / on the node, in the engine’s unit or at boot',
        cost: 'mounts made in that container appear on the host: only for such pods',
        weakens: true,
      },
    ],
    otherwise:
      'findmnt -o TARGET,PROPAGATION -T <path> on the node: shared there speaks for the engine’s own mount namespace (MountFlags of its unit)',
    signs: [
      {
        weight: 9,
        says: /not a shared (?:or slave )?mount|not shared or slave|not a shared or slave|is not shared|mount propagation|make-r?shared/i,
        not: /WARN.{0,8}"\/" is not a shared mount/i,
      },
    ],
    source: 'read: containerd v2.3.4 internal/cri/opts/spec_linux_opts.go',
  },
  {
    id: 'root-unmounted',
    example:
      'failed to cleanup container storage: removing mount point "/var/lib/containers/storage/overlay/8f/merged": directory not empty',
    cause:
      'a container in a user namespace lost its root before it was created: the id-mapped copy of its layers shared mounts with the host',
    where: 'CRI-O before 1.33 with storage_option overlay.skip_mount_home=true, where the storage lies on a shared mount.',
    ranges: ['crio <1.33.0'],
    questions: ['OWN-USERNS', 'OWN-USERNS-MAPPED'],
    remedies: ['CRI-O 1.33 or newer; before it, overlay.skip_mount_home only on nodes whose runtimes need it (Kata)'],
    otherwise: 'crio status config | grep skip_mount_home: without it, look for who else uses the storage',
    signs: [{ weight: 9, says: /cleanup container storage: removing mount point/i }],
    source: 'measured: CRI-O 1.30.14; read: containers/storage pkg/idmap/idmapped_utils.go, MS_PRIVATE since CRI-O 1.33.0',
  },
  {
    id: 'empty-root',
    example: 'replacing mount point /var/lib/containers/storage/overlay/1f/merged: directory not empty',
    cause:
      'the container’s root is empty in the guest: CRI-O’s storage is a private mount, and mounts below it never reach the shim',
    where: 'CRI-O with Kata, when the container starts.',
    remedies: ['storage_option = ["overlay.skip_mount_home=true"] in [crio], and the same in storage.conf for skopeo and podman'],
    otherwise: 'findmnt -o PROPAGATION -T /var/lib/containers/storage/overlay: shared there speaks for the image itself',
    signs: [
      { weight: 9, says: /replacing mount point .{0,200}merged.{0,10}: directory not empty/i },
      { weight: 6, says: /the file \S+ was not found/i },
    ],
    source: 'measured: CRI-O 1.36.3 with Kata 3.30.0',
  },
  {
    id: 'bridge-address',
    example: "error checking pod for CNI network: Interface veth1a2b3c4d Mac doesn't match: 66:79:c9:6b:c3:76",
    cause: 'systemd-udevd rewrote the address of the pod’s interface between the bridge plugin’s add and its check',
    where: 'any engine with the CNI bridge plugin on a host with systemd, now and then, at RunPodSandbox.',
    remedies: [
      'a .link file in /etc/systemd/network: [Match] Driver=veth, [Link] MACAddressPolicy=none; the same for a bridge whose address changes',
    ],
    otherwise:
      'udevadm info /sys/class/net/<veth>, ID_NET_LINK_FILE: a file with MACAddressPolicy=none speaks for two pods of one name',
    signs: [{ weight: 9, says: /interface \S+ Mac doesn'?t match/i }],
    source: 'measured: CRI-O 1.36.3 on Debian 13',
  },
];
