import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainTrouble, type NamespaceFindings } from './namespace.ts';

const good: NamespaceFindings = {
  user: 'ada',
  absent: [],
  subordinate: { uid: 'root:1:9\nada:100000:65536\n', gid: 'ada:100000:65536\n' },
  sysctl: { 'user.max_user_namespaces': '63000' },
  mounted: 'rw,relatime',
  words: 'E: unshare syscall failed: Operation not permitted',
};

describe('why a user cannot build host images', () => {
  test('is a program that is not there, with its package', () => {
    expect(explainTrouble({ ...good, absent: ['newuidmap', 'newgidmap'] })).toEqual({
      reason: 'newuidmap and newgidmap are not in the PATH',
      remedy: 'sudo apt install uidmap',
    });
    expect(explainTrouble({ ...good, absent: ['fakeroot'] }).reason).toBe('fakeroot is not in the PATH');
  });

  test('is a range of ids that is not there, with the first one that is free', () => {
    const subordinate = { uid: 'bob:100000:65536\neve:165536:65536\n', gid: '' };
    expect(explainTrouble({ ...good, subordinate })).toEqual({
      reason: '/etc/subuid and /etc/subgid give user ada no range of 65536 ids',
      remedy: 'sudo usermod --add-subuids 231072-296607 --add-subgids 231072-296607 ada',
    });
    expect(explainTrouble({ ...good, subordinate: { ...good.subordinate, gid: 'ada:1000:10\n' } })).toMatchObject({
      reason: '/etc/subgid gives user ada no range of 65536 ids',
      remedy: 'sudo usermod --add-subgids 100000-165535 ada',
    });
  });

  test.for(['user.max_user_namespaces', 'kernel.unprivileged_userns_clone'])('is a kernel that forbids it by %s', (name) => {
    const { reason, remedy } = explainTrouble({ ...good, sysctl: { [name]: '0' } });
    expect(reason).toBe(`the kernel lets only root make user namespaces (${name} is 0)`);
    expect(remedy).toMatch(/^run podproof as root, or .*, which opens more of the kernel to every user$/);
  });

  test('is AppArmor on Ubuntu, with the profile for mmdebstrap before the setting that weakens the machine', () => {
    const { reason, remedy } = explainTrouble({
      ...good,
      sysctl: { 'user.max_user_namespaces': '63000', 'kernel.apparmor_restrict_unprivileged_userns': '1' },
    });
    expect(reason).toContain('AppArmor restricts user namespaces');
    expect(remedy).toMatch(
      /^sudo apparmor_parser --replace \/etc\/apparmor\.d\/mmdebstrap, .*lifts the restriction for every program$/,
    );
  });

  test('is a directory where no program may run', () => {
    expect(explainTrouble({ ...good, mounted: 'rw,nosuid,nodev,noexec,relatime' }).reason).toBe('/var/tmp is mounted noexec');
  });

  test('is in the words of mmdebstrap where nothing else explains it', () => {
    expect(explainTrouble(good)).toEqual({ reason: good.words, remedy: 'run podproof as root' });
  });

  test('never offers ids that somebody has', () => {
    const range = fc.record({ name: fc.constantFrom('bob', 'eve'), first: fc.nat(4_000_000), count: fc.nat(70_000) });
    fc.assert(
      fc.property(fc.array(range), (ranges) => {
        const text = ranges.map(({ name, first, count }) => `${name}:${first}:${count}\n`).join('');
        const { remedy } = explainTrouble({ ...good, subordinate: { uid: text, gid: text } });
        const [from = 0, to = 0] = (/--add-subuids (\d+)-(\d+)/.exec(remedy) ?? []).slice(1).map(Number);
        expect(to - from + 1).toBe(65_536);
        for (const { first, count } of ranges) expect(from >= first + count || to < first).toBe(true);
      }),
    );
  });
});
