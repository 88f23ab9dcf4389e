/** What was tried. Named after the system call where there is one. */
export type Verb = (typeof verbs)[number][0];

/** Words of each, the narrower first; `open` and `write` last, as half the others speak of opening something on their way. */
const verbs = [
  ['mknod', /\bmknod(?:at)?\b|make device node|creat\w+ (?:the )?device nodes?|create special file/i],
  ['chown', /\b[lf]?chown(?:at)?\b|(?:chang|sett)\w+ (?:the )?(?:ownership|owner|group)\b|\bchgrp\b|set ownership/i],
  ['chmod', /\bf?chmod(?:at)?\b|chang\w+ (?:the )?permissions\b|set mode\b/i],
  ['mount', /\bmount(?:ing|ed)?\b|\bremount|\bmove_mount|\bfsopen|\bumount/i],
  ['exec', /\bexec(?:ve|vp|v)?\b|fork\/exec|executable|cannot execute|exec format/i],
  ['ioctl', /\bioctl\b|\b(?:TUN|SG_|BLK|VFIO|KVM|DRM|SNDRV|LOOP|FIONREAD|I915|AMDKFD)[A-Z_]{3,}/],
  ['mlock', /\bmlock(?:all)?2?\b|\block(?:ing)? memory|memory lock|locked memory|\bMAP_LOCKED/i],
  ['mmap', /\bmmap\b|map memory|memory map/i],
  ['ptrace', /\bptrace\b/i],
  ['bpf', /\bbpf(?:_prog\w*|\(2\))?\b/i],
  ['unshare', /\bunshare\b|\bclone3?\b|new namespace|CLONE_NEW/i],
  ['setns', /\bsetns\b|reassociate|enter(?:ing)? (?:the )?namespace/i],
  ['setuid', /\bset(?:re|res|fs)?[ug]id\b|\bsetgroups\b|\bseteuid\b|\bsetegid\b/i],
  ['limit', /\bsetrlimit|\bprlimit|\brlimit|modify limit/i],
  ['priority', /\bsched_set\w+|\bset_mempolicy|\bmbind\b|\bmove_pages|\bsetpriority|\bioprio_set|mempolicy|\bnice\b|numa_\w+/i],
  ['perf', /perf_event_open|\bperf_event/i],
  ['io_uring', /io_uring/i],
  ['keyctl', /\bkeyctl|\badd_key|join session keyring|session key/i],
  ['module', /\b(?:f?init_module|insmod|modprobe|rmmod|delete_module)\b|could not insert '/i],
  ['mkdir', /\bmkdir(?:at|all)?\b|create directory|creating directory/i],
  ['link', /\bsymlink|\blink(?:at)?\b/i],
  ['remove', /\bunlink|\bremov(?:e|ing)\b|\brmdir|\brm: /i],
  ['rename', /\brename/i],
  ['socket', /\bsocket\b|\bbind(?:ing)?\b|\blisten\b|\bRTNETLINK|\bsendmsg|\braw socket/i],
  ['connect', /\bconnect(?:ing)?\b|\bdial(?:ing)?\b/i],
  ['signal', /\bkill(?:ing)?\b(?! -)|\bsignal\b/i],
  ['stat', /\b[lf]?stat(?:x|at)?\b|stat'?ing|cannot access|\baccess\(|faccessat/i],
  ['write', /\bwrit(?:e|ing)\b|can'?t create|cannot create|echo: write error/i],
  [
    'open',
    /\b(?:re|f)?open(?:at2?|ing|ed)?\b|\bread(?:ing|link)?\b|\binitiali[sz]e|could not access|failed to get|unable to access/i,
  ],
] as const;

/** Programs whose complaint about a path is one of opening it, and those that name their own verb. */
const tools: ReadonlyArray<readonly [Verb, RegExp]> = [
  [
    'open',
    /^(?:cat|head|tail|dd|od|hexdump|xxd|less|more|cp|tee|bash|sh|ash|dash|zsh|ksh|blockdev|blkid|blkdiscard|fdisk|sfdisk|parted|hdparm|smartctl|lsblk|mkfs(?:\.\w+)?|mke2fs|touch|grep|strings|sg_\w+|nvme|stty|screen|minicom|picocom|amixer|aplay|arecord|ls)$/,
  ],
  ['mount', /^u?mount(?:\.\w+)?$/],
  ['mknod', /^mknod$/],
  ['chown', /^ch(?:own|grp)$/],
  ['chmod', /^chmod$/],
];

/** The verb of a clause: the last one of its words, or what its tool does; undefined when it has none. */
export function verbIn(clause: string, tool: string | undefined): Verb | undefined {
  const named = verbs.find(([, words]) => words.test(clause))?.[0];
  if (named !== undefined) return named;
  return tool === undefined ? undefined : tools.find(([, programs]) => programs.test(tool))?.[0];
}
