import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { read } from './reading.ts';

const errnos = {
  EPERM: { number: 1, words: 'Operation not permitted', kind: 'PermissionDenied' },
  ENOENT: { number: 2, words: 'No such file or directory', kind: 'NotFound' },
  ENXIO: { number: 6, words: 'No such device or address', kind: 'Uncategorized' },
  EACCES: { number: 13, words: 'Permission denied', kind: 'PermissionDenied' },
  EBUSY: { number: 16, words: 'Device or resource busy', kind: 'ResourceBusy' },
  ENODEV: { number: 19, words: 'No such device', kind: 'Uncategorized' },
  EROFS: { number: 30, words: 'Read-only file system', kind: 'ReadOnlyFilesystem' },
} as const;
type Errno = keyof typeof errnos;

interface Fact {
  errno: Errno;
  object: string;
}

/** How languages and programs say that a path cannot be opened. */
const forms: Record<string, (fact: Fact) => string> = {
  go: ({ errno, object }) => `open ${object}: ${errnos[errno].words.toLowerCase()}`,
  rust: ({ errno, object }) => `failed to open ${object}: ${errnos[errno].words} (os error ${errnos[errno].number})`,
  'rust, debug': ({ errno, object }) =>
    `failed to open ${object}: Os { code: ${errnos[errno].number}, kind: ${errnos[errno].kind}, message: "${errnos[errno].words}" }`,
  python: ({ errno, object }) => `OSError: [Errno ${errnos[errno].number}] ${errnos[errno].words}: '${object}'`,
  perror: ({ errno, object }) => `open ${object}: ${errnos[errno].words}`,
  gnu: ({ errno, object }) => `dd: failed to open '${object}': ${errnos[errno].words}`,
  'gnu, bare': ({ errno, object }) => `cat: ${object}: ${errnos[errno].words}`,
  busybox: ({ errno, object }) => `cat: can't open '${object}': ${errnos[errno].words}`,
  shell: ({ errno, object }) => `sh: 1: cannot open ${object}: ${errnos[errno].words}`,
  java: ({ errno, object }) => `java.io.FileNotFoundException: ${object} (${errnos[errno].words})`,
  node: ({ errno, object }) => `Error: ${errno}: ${errnos[errno].words.toLowerCase()}, open '${object}'`,
  qemu: ({ errno, object }) => `qemu-kvm: -blockdev driver=host_device: Could not open '${object}': ${errnos[errno].words}`,
  strace: ({ errno, object }) => `openat(AT_FDCWD, "${object}", O_RDWR) = -1 ${errno} (${errnos[errno].words})`,
  dpdk: ({ errno, object }) => `EAL: Cannot open ${object}: ${errnos[errno].words}`,
};

/** How kubelet, engine and log pass it on. */
const wrappers: Record<string, (text: string) => string> = {
  bare: (text) => text,
  engine: (text) => `Error: failed to create containerd task: rpc error: code = Unknown desc = ${text}`,
  logrus: (text) => `time="2026-01-02T03:04:05Z" level=error msg="CreateContainer failed" error=${JSON.stringify(text)}`,
  json: (text) => JSON.stringify({ level: 'error', msg: text, ts: 1 }),
  'json in json': (text) => JSON.stringify({ log: `${JSON.stringify({ msg: text })}\n`, stream: 'stderr' }),
  journald: (text) => `Jan 02 03:04:05 node-1 app[12]: ${text}`,
  klog: (text) => `E0102 03:04:05.000001       1 main.go:12] ${text}`,
  describe: (text) => `  Warning  Failed     3s (x2 over 5s)  kubelet            Error: ${text}`,
  log: (text) => `starting\nINFO all is well\n2026/01/02 03:04:05 loading 12 items\n${text}\n`,
};

/** What terminals, issues and hands do to a text. */
const changes: Record<string, (text: string) => string> = {
  none: (text) => text,
  colour: (text) => `\u001b[31;1m${text}\u001b[0m`,
  'colour, written out': (text) => `\\u001b[31m${text}\\u001b[0m`,
  crlf: (text) => `${text.replaceAll('\n', '\r\n')}\r\n`,
  escaped: (text) => text.replaceAll('"', '\\"'),
  'escaped twice': (text) => text.replaceAll('"', '\\\\\\"'),
  typographic: (text) => text.replaceAll("'", '’').replaceAll('"', '”'),
  backticks: (text) => text.replaceAll("'", '`'),
  'full-width colon': (text) => text.replaceAll(': ', '： '),
  'wrapped at blanks': (text) => text.replaceAll(/(.{40,76}) /g, '$1\n'),
  indented: (text) => text.replaceAll(/^/gm, '    '),
};

const object = fc.constantFrom(
  '/dev/dri/renderD128',
  '/dev/vfio/12',
  '/dev/kvm',
  '/sys/class/gpio/export',
  '/dev/bus/usb/001/002',
);
const fact = fc.record({ errno: fc.constantFrom(...(Object.keys(errnos) as Errno[])), object });
const key = <T extends object>(of: T): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(of));

describe('a failure', () => {
  it('has the same errno, object and verb in the form of every language, however it is passed on and copied', () => {
    fc.assert(
      fc.property(fact, key(forms), key(wrappers), key(changes), (told, form, wrapper, change) => {
        const text = changes[change]!(wrappers[wrapper]!(forms[form]!(told)));
        const { failures } = read(text);
        const best = failures.findLast(({ errno, object: about }) => errno !== undefined && about !== undefined);
        expect({ text, errno: best?.errno, object: best?.object, verb: best?.verb }).toEqual({ text, ...told, verb: 'open' });
      }),
      { numRuns: 2_000 },
    );
  });

  it.for([
    ['mknod: /tmp/x: Operation not permitted', 'mknod'],
    ['chown /dev/x: invalid argument', 'chown'],
    ["chmod: changing permissions of '/dev/x': Operation not permitted", 'chmod'],
    ['mount: /mnt: permission denied.', 'mount'],
    ['exec /usr/bin/ping: operation not permitted', 'exec'],
    ['ioctl(TUNSETIFF): Operation not permitted', 'ioctl'],
    ['mlockall failed: Cannot allocate memory', 'mlock'],
    ['lstat /dev/nope: no such file or directory', 'stat'],
  ] as const)('%s is one of %s', ([text, verb]) => {
    expect(read(text).failures.at(-1)?.verb).toBe(verb);
  });

  it.for([
    ['cat: /dev/kvm: Keine Berechtigung', 'EACCES'],
    ['cat: /dev/kvm: Permission non accordée', 'EACCES'],
    ['cat: /dev/kvm: Permiso denegado', 'EACCES'],
    ['cat: /dev/kvm: 权限不够', 'EACCES'],
    ['cat: /dev/kvm: Die Operation ist nicht erlaubt', 'EPERM'],
    ['cat: /dev/kvm: Opération non permise', 'EPERM'],
    ['libusb: LIBUSB_ERROR_ACCESS', 'EACCES'],
    ['probe failed with error -13', 'EACCES'],
  ] as const)('%s is %s', ([text, errno]) => {
    expect(read(text).failures.at(-1)?.errno).toBe(errno);
  });

  it('names who spoke and who passed it on, outermost first', () => {
    const [failure] = read(
      'Warning Failed 1s kubelet Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: open /dev/x: permission denied',
    ).failures;
    expect(failure?.layers).toEqual(['kubelet', 'engine', 'shim', 'runtime']);
  });

  it('is found at the end of a long log, and near a word in a very long line', () => {
    const noise = '2026-01-02T03:04:05Z info ready to serve 12 requests\n'.repeat(20_000);
    expect(read(`${noise}cat: /dev/x: Permission denied\n${noise}`).failures.at(-1)?.object).toBe('/dev/x');
    expect(read(`${'a '.repeat(50_000)}open /dev/y: permission denied ${'b '.repeat(50_000)}`).failures.at(-1)?.object).toBe(
      '/dev/y',
    );
  });
});

describe('a text of megabytes', () => {
  it.for([
    'open /dev/',
    "open /dev/a: 'b",
    'error ',
    '/dev/full EEXIST ',
    '\\"',
    'permission denied ',
    'a',
    '{"msg":"',
    '/a/b:c',
  ])('that repeats %j comes to an end', (seed) => {
    // One that backtracks would not come to an end before the test does.
    expect(read(seed.repeat(2_000_000 / seed.length)).context.length).toBeLessThanOrEqual(65_536);
  });
});
