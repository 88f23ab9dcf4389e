import { compareVersions } from '../model/version.ts';

/** A version in an index of packages, newest first as apt lists them. */
export interface Candidate {
  /** `1.7.24~ds1-6+b4`. */
  debian: string;
  /** `1.7.24`. */
  upstream: string;
}

/**
 * The upstream part of a Debian version: `1.7.24~ds1-6+b4` is 1.7.24, `1:2.0.0~rc.1+ds-1` is 2.0.0-rc.1.
 * `0.0~20240729.0-4` is how Debian numbers projects that release by date: 20240729.0.
 */
export function upstreamVersion(debian: string): string {
  const plain = debian.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
  const dated = /^0\.0~(\d{8}\.\d+)$/.exec(plain)?.[1];
  if (dated !== undefined) return dated;
  return plain.replace(/[~+](dfsg|ds|repack)[\d.]*/g, '').replace(/~(alpha|beta|rc)/, '-$1');
}

/** Reads what `apt-cache madison` prints about one package; other lines are skipped. */
export function parseMadison(text: string, packageName: string): Candidate[] {
  return text.split('\n').flatMap((line) => {
    const [name, debian] = line.split('|').map((field) => field.trim());
    if (name !== packageName || debian === undefined || !/^[0-9][A-Za-z0-9.+~:-]*$/.test(debian)) return [];
    return [{ debian, upstream: upstreamVersion(debian) }];
  });
}

/** The newest candidate of that upstream version. */
export function pickCandidate(candidates: readonly Candidate[], version: string): Candidate | undefined {
  return candidates.find(({ upstream }) => /^\d/.test(upstream) && compareVersions(upstream, version) === 0);
}
