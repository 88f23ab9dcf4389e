/** What is recorded and read by no question, with the reason why nobody asks. */
export const unread: ReadonlyArray<{ what: RegExp; why: string }> = [
  {
    what: /^(schema|cell|lease|suite|scenario|alone|startMs|endMs|calls\[\]\..*)$/,
    why: 'says which pod it is, and how long it took',
  },
  { what: /^(replay|config\.(text|beside|asked\[\]))$/, why: 'what was sent, so that it can be sent again' },
  { what: /^request\./, why: 'what was asked for; readings hold what came of it against it' },
  { what: /^spec\./, why: 'a layer on the way of a value: it explains an answer, which is what the pod itself shows' },
  {
    what: /^identity\.(engineName|engineVersion|runtimePath|runtimeSha256)$/,
    why: 'decides whether the right thing was tested: void, whatever is asked',
  },
  { what: /^(engineLog|guest\.cmdline)$/, why: 'text for a reader of the evidence' },
  {
    what: /\.(path|access|target|role)$|^guest\.(pci\[\]\.(vendor|device)|partitions\[\]\.(major|minor))$|^host\.runUser\[\]\.type$/,
    why: 'by what an entry is found: without it the entry is gone, which is read',
  },
  {
    what: /^guest\.(block|net)\[\]$|^guest\.cgroup$/,
    why: 'differs by kernel and host, and nothing is documented of it',
  },
  { what: /^guest\.pci\[\]\.(address|driver)$/, why: 'the guest chooses them' },
  {
    what: /^host\.(mountCount|loops\[\]|netns\[\]|mounts\[\]\.\w+)$/,
    why: 'compared by the sweep after the removal, whose result is read: leftovers',
  },
  { what: /^host\.kernel$/, why: 'told by the host’s facts; the boot id answers' },
  {
    what: /^host\.processes\[\]\.(exe|pid|start)$/,
    why: 'from these the sweep knows whose process it is: its role',
  },
  {
    what: /^identity\.configuration\.(plannedSha256|sha256)$/,
    why: 'decides whether the planned configuration was loaded: void, whatever is asked',
  },
  {
    what: /^host\.twin\[\]\./,
    why: 'the second of two pods is asked for its account; the rest is asked of the first, which is launched alike',
  },
  { what: /^guest\.disks\[\]\.error$/, why: 'says why there is no content, which is read' },
  { what: /^host\.runVc\[\]\.(major|minor)$/, why: 'of a device in a jail: its path names it' },
  { what: /^kubelet\.(version|sha256)$/, why: 'decides whether the planned kubelet was there: void, whatever is asked' },
  { what: /^kubelet\.container$/, why: 'says whose way of a device is shown' },
  {
    what: /^kubelet\.(node\.|pod\.(manifest$|requests\[\]\.|allocations\[\]\.(container|devices\[\]\.permissions)$))/,
    why: 'from these comes in which fields a request differs, which is read: lib/kubelet/translation.test.ts',
  },
  { what: /^host\.users\[\]\.comment$/, why: 'from this the sweep knows an account of Kata' },
  {
    what: /^(hygiene\/removed|devices\/daemon-reload(-unlinked)?) (uid|gid|mode) of /,
    why: 'these pods are there to be removed, or to lose their device; the same node of a root pod is asked for by OWN-ROOT',
  },
];
