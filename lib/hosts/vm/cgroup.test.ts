import { describe, expect, it } from 'vitest';
import { BlockedError } from '../../util/errors.ts';
import { assertCgroup, cgroupParameters } from './cgroup.ts';

describe('the cgroup version of a VM host', () => {
  it('is asked for by the kernel parameters that its systemd understands', () => {
    expect(cgroupParameters('old', { suite: 'bookworm', cgroup: 'v1' })).toEqual([
      'systemd.unified_cgroup_hierarchy=0',
      'systemd.legacy_systemd_cgroup_controller',
    ]);
    expect(cgroupParameters('old', { suite: 'trixie', cgroup: 'v1' })).toContain('SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1');
    expect(cgroupParameters('new', { suite: 'sid' })).toEqual([]);
  });

  it('is refused in one sentence where its systemd has dropped it', () => {
    const ask = (): unknown => cgroupParameters('sid-v1', { suite: 'sid', cgroup: 'v1' });
    expect(ask).toThrow(BlockedError);
    expect(ask).toThrow('Cannot bring up host sid-v1 with cgroup v1: the systemd of Debian sid has it no more (since 258)');
  });

  it('blocks a host that came up with another one', () => {
    expect(() => assertCgroup('old', 'v1', 'hybrid')).toThrow('Host old was asked for cgroup v1 and came up with hybrid');
    expect(() => assertCgroup('old', 'v1', 'v1')).not.toThrow();
    expect(() => assertCgroup('any', undefined, 'v2')).not.toThrow();
  });
});
