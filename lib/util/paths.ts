import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout or the installed package. */
export const packageRoot = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Content-addressed images, snapshots, downloads: `$XDG_CACHE_HOME/podproof`. May be deleted at any time. */
export function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'podproof');
}

/** The ledger of what runs created: `$XDG_STATE_HOME/podproof`. `podproof clean` reads it. */
export function stateDirectory(): string {
  return join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'podproof');
}

/** Sockets and overlays of running leases; short, as a unix socket path has at most 107 bytes. */
export function runtimeDirectory(): string {
  return join(process.env['XDG_RUNTIME_DIR'] || '/tmp', `podproof-${process.getuid?.() ?? 0}`);
}
