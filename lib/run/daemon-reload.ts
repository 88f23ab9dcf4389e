import type { Remote } from '../hosts/host.ts';

/** The reload that has not begun yet, and the one under way. */
interface Reloads {
  next?: Promise<void>;
  last: Promise<unknown>;
}

const ofRemote = new WeakMap<Pick<Remote, 'exec'>, Reloads>();

/**
 * Has systemd read its units again and set the device rules of every scope anew. One reload reaches all scopes and is dear under
 * emulation, so those who ask while one is under way share the next. Throws an Error when it fails.
 */
export function reloadDaemon(remote: Pick<Remote, 'exec'>): Promise<void> {
  const reloads = ofRemote.get(remote) ?? { last: Promise.resolve() };
  ofRemote.set(remote, reloads);
  if (reloads.next !== undefined) return reloads.next;
  const next = reloads.last.then(() => {
    delete reloads.next;
    return reload(remote);
  });
  reloads.next = next;
  reloads.last = next.catch(() => undefined);
  return next;
}

async function reload(remote: Pick<Remote, 'exec'>): Promise<void> {
  const { exitCode, stderr } = await remote.exec(['systemctl', 'daemon-reload'], { timeoutMs: 120_000 });
  if (exitCode !== 0) throw new Error(`Cannot run systemctl daemon-reload: ${stderr.trim()}`);
}
