import { readFileSync } from 'node:fs';

/** `make_pool DIRECTORY` and `remove_pool DIRECTORY`, for scripts that run on a host. */
export const thinPoolFunctions = readFileSync(new URL('thin-pool.sh', import.meta.url), 'utf8');
