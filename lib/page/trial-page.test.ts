import { describe, expect, test } from 'vitest';
import { kubeletTrial, sampleTrial, sightIn } from '../testing/trial.ts';
import { renderTrials } from './trial-page.ts';

describe('the page of a trial', () => {
  const page = renderTrials([sampleTrial()]);

  test('says first what came out and what helps', () => {
    expect(page).toContain('Deployment media: it cannot use its devices in 1 of 2 cells');
    expect(page).toContain('Smallest change: supplementalGroups: [105]');
    expect(page.indexOf('Why it fails')).toBeLessThan(page.indexOf('What opens'));
  });

  test('names a capability that the manifest adds and the process has not', () => {
    const [first] = sampleTrial().attempts;
    if (first === undefined) throw new Error('the sample has no attempt');
    const containers = [{ ...sightIn(null), notHeld: ['SYS_ADMIN'] }];
    const bare = renderTrials([sampleTrial({ attempts: [{ ...first, containers }], fixes: [] })]);
    expect(bare).toContain('it opens its devices as it is, without a capability that it adds');
    expect(bare).toContain('SYS_ADMIN: container media adds it, and its process does not have it, as it is not root');
  });

  test('says where a fix does not give the capability, also where all devices open', () => {
    const [first] = sampleTrial().attempts;
    const [groups] = sampleTrial().fixes;
    const [one, other] = sampleTrial().cells;
    if (first === undefined || groups === undefined || one === undefined || other === undefined)
      throw new Error('the sample has no attempt, no fix or other cells');
    const without = { ...sightIn(null), notHeld: ['NET_ADMIN'] };
    const attempts = [
      ...[one, other].map(({ id }) => ({ ...first, cell: id, containers: [without] })),
      { ...first, cell: one.id, fix: 'groups', containers: [sightIn(null)] },
    ];
    const opened = { ...first, cell: other.id, fix: 'groups', containers: [without] };
    const pageOf = (more: typeof attempts): string =>
      renderTrials([sampleTrial({ attempts: [...attempts, ...more], fixes: [groups] })]);
    expect(pageOf([opened])).toContain(`<p>Helps in 1 of 2 cells; not in ${other.id}.</p>`);
    expect(pageOf([])).toContain(`<p>Helps in 1 of 2 cells; not tried in ${other.id}.</p>`);
  });

  test('has every answer, what a fix lets the pod reach, the layers and the patches', () => {
    for (const text of ['EACCES', 'opens, 0666', '142 more nodes', 'runAsGroup 1000', 'fix-1.yaml', 'containerd &#62;=1.6.0'])
      expect(page).toContain(text);
  });

  test('names the kubelet that made the pods, as a layer too', () => {
    const text = renderTrials([kubeletTrial([{ field: 'sandbox: hostname', kubelet: '"b"' }])]);
    expect(text).toMatch(/<th scope="col">\s*containerd 1\.7\.24<br \/>runc 1\.1\.15<br \/>kubelet 1\.37\.2\s*<\/th>/);
    expect(text).toMatch(/<th scope="row">manifest<\/th>[^]*<th scope="row">kubelet<\/th>[^]*<th scope="row">CRI request<\/th>/);
    expect(text).toContain('sandbox: hostname: &#34;b&#34;, by podproof not sent');
  });

  test('is one file without script, and no data becomes markup', () => {
    const hostile = '<script>alert(1)</script>"\'>\u202e';
    const { attempts } = sampleTrial();
    const bad = renderTrials([
      sampleTrial({
        manifest: { file: hostile, kind: 'Pod', name: hostile },
        attempts: attempts.map((attempt) => ({ ...attempt, reason: hostile })),
        notLookedAt: [{ path: hostile, why: hostile }],
      }),
    ]);
    expect(bad).not.toContain('<script>');
    expect(bad).not.toContain('\u202e');
    expect(bad).toContain('script-src &#39;none&#39;');
  });
});
