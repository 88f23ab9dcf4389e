/** One thing that podproof needs or can use, what was found, and how to get it. */
export interface Check {
  id: string;
  title: string;
  /** `warn`: works with less; `missing`: something does not run without it. */
  status: 'ok' | 'warn' | 'missing';
  found: string;
  /** What programs said of it, whole. */
  detail?: string;
  /** The exact command or setting. */
  fix?: string;
}

/** What was found where it is good; `otherwise` where not, and how to get it. */
export function check(
  id: string,
  title: string,
  good: boolean,
  worse: 'warn' | 'missing',
  found: string,
  { otherwise, ...bad }: { otherwise: string; fix: string; detail?: string },
): Check {
  return good ? { id, title, status: 'ok', found } : { id, title, status: worse, found: otherwise, ...bad };
}

/** A program of this machine; `version` is null where it is not in the PATH. */
export function toolCheck(name: string, title: string, version: string | null, packages: string): Check {
  return check(name, title, version !== null, 'missing', version ?? '', {
    otherwise: `${name} is not in the PATH`,
    fix: `apt install ${packages}`,
  });
}
