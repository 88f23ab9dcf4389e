import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFacts, readFacts } from './read-facts.ts';
import type { KnownFacts } from './read-facts.ts';
import { connectRemote } from './remote.ts';

const known: KnownFacts = { accelerator: 'tcg', acceleratorReason: 'a test', ownKernel: true, disposable: true };
const lines = [
  'kernel=6.12.117+deb13-amd64',
  'bootId=80f75370-08e0-4f06-bca9-21dde47f93b1',
  'os=Debian GNU/Linux 13 (trixie)',
  'architecture=x86_64',
  'cpus=2',
  'memoryKiB=2981888',
  'cgroup=v2',
  'systemd=yes',
  'erofsUtils=no',
  'appArmor=yes',
  'lsm=capability,apparmor',
  'kvm=0:993 660 kvm',
  'vhostVsock=yes',
  'vhostNet=no',
  'iommuGroups=9',
  'hugepages2MiB=8',
  'userNamespaces=yes',
  'glibc=glibc 2.41',
];

test('the answers of the script become facts', () => {
  expect(parseFacts(lines.join('\n'), known)).toMatchObject({
    memoryMiB: 2912,
    lsm: ['capability', 'apparmor'],
    kvm: { present: true, owner: '0:993', mode: '0660', group: 'kvm' },
    vhostNet: false,
    glibc: '2.41',
    accelerator: 'tcg',
  });
});

test('a host without /dev/kvm says so', () => {
  const text = lines.map((line) => (line.startsWith('kvm=') ? 'kvm=' : line)).join('\n');
  expect(parseFacts(text, known).kvm).toEqual({ present: false, owner: '', mode: '', group: '' });
});

test.for(lines.map((line) => line.split('=')[0] ?? ''))('a missing %s is an error that names it', (key) => {
  const text = lines.filter((line) => !line.startsWith(`${key}=`)).join('\n');
  expect(() => parseFacts(text, known)).toThrow(key);
});

test('no output makes the parser do anything but return or throw an Error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => parseFacts(text, known)).toThrow(Error);
    }),
  );
});

test('the script runs on this machine', async () => {
  const facts = await readFacts(connectRemote({ prefix: [], quoting: 'none' }), known);
  expect(facts.cpus).toBeGreaterThan(0);
  expect(facts.memoryMiB).toBeGreaterThan(0);
});
