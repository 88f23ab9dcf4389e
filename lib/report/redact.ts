import { createHash } from 'node:crypto';
import type { Document, Verdict } from '../model/document.ts';

/** Changes a text, and leaves one alone that has nothing to hide. */
export type Redact = (text: string) => string;

/** Words whose value is a secret wherever they end a key: `DB_PASSWORD=…`, `"api_key": "…"`. */
const secretKey = '(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)';

/** What is never a secret, a name or a serial: paths, switches and small numbers that a configuration has at such keys. */
const harmless = /^(?:\/|true$|false$|null$|none$|nil$|yes$|no$|\d{1,4}$|\[?redacted|<)/i;

/**
 * Takes secrets, MAC addresses, serial numbers, names of machines and of people's home directories out of a text. What was
 * equal stays equal: a name becomes the start of its checksum, a secret one word. Device paths, numbers, ids, versions and
 * checksums are evidence and stay. `names` are names of machines to hide wherever they are. Idempotent.
 */
export function redactor(names: readonly string[] = []): Redact {
  const known = names
    .flatMap((name) => [name, name.split('.')[0] ?? ''])
    .filter((name) => name.length >= 4 && !/^(?:localhost|podproof)$/i.test(name));
  const anywhere =
    known.length === 0
      ? undefined
      : new RegExp(
          `(?<![\\w-])(?:${[...new Set(known)]
            .sort((a, b) => b.length - a.length)
            .map(escaped)
            .join('|')})(?![\\w-])`,
          'gi',
        );
  const seen = new Map<string, string>();
  return (text) => {
    if (text.length < 8) return text;
    const known = seen.get(text);
    if (known !== undefined) return known;
    const named = anywhere === undefined ? text : text.replace(anywhere, (name) => token('machine', name));
    const result = suspicious.test(named)
      ? steps.reduce((rest, [pattern, change]) => rest.replace(pattern, change), named)
      : named;
    if (seen.size < 100_000) seen.set(text, result);
    return result;
  };
}

/** Every text of a value of plain data, keys left as they are; what has nothing to hide is the same value. */
export function redactDeep<T>(value: T, redact: Redact): T;
export function redactDeep(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const children = value.map((child: unknown) => redactDeep(child, redact));
    return children.every((child, index) => child === value[index]) ? value : children;
  }
  const entries = Object.entries(value).map(
    ([key, child]) =>
      [key, isSecret(key, child) ? '[secret]' : isSerial(key, child) ? serial(child) : redactDeep(child, redact)] as const,
  );
  return entries.every(([key, child]) => child === (value as Record<string, unknown>)[key]) ? value : Object.fromEntries(entries);
}

/** A document for publishing. What joins its parts, the ids of hosts, cells, questions and scenarios, stays. */
export function redactDocument(document: Document, redact: Redact): Document {
  const { run, cells, hosts, verdicts, spans, excluded, ...rest } = document;
  const keep = <Row extends object>(row: Row, ...keys: ReadonlyArray<keyof Row>): Row => {
    const hidden = redactDeep(row, redact);
    return hidden === row ? row : { ...hidden, ...Object.fromEntries(keys.map((key) => [key, row[key]])) };
  };
  return {
    ...redactDeep(rest, redact),
    run,
    hosts: hosts.map((host) => keep(host, 'id')),
    cells: cells.map((cell) => keep(cell, 'id', 'host')),
    verdicts: verdicts.map((verdict) => hiddenVerdict(verdict, redact)),
    spans: redactDeep(spans, redact),
    excluded: excluded.map((entry) => keep(entry, 'cell')),
  };
}

/** Field by field, as there may be 600,000 of them. */
function hiddenVerdict(verdict: Verdict, redact: Redact): Verdict {
  const expected = redact(verdict.expected);
  const observed = redact(verdict.observed);
  const reason = verdict.reason === undefined ? undefined : redact(verdict.reason);
  const layers = verdict.layers === undefined ? undefined : redactDeep(verdict.layers, redact);
  if (expected === verdict.expected && observed === verdict.observed && reason === verdict.reason && layers === verdict.layers)
    return verdict;
  return { ...verdict, expected, observed, reason, layers };
}

const steps: ReadonlyArray<readonly [RegExp, (...found: string[]) => string]> = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, () => '[secret]'],
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|sk-[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g,
    () => '[secret]',
  ],
  [/\b(Bearer|Basic) +[\w+/=.~-]{8,}/gi, (_, scheme) => `${scheme} [secret]`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:"']+:[^\s/@"']+@/gi, (_, scheme) => `${scheme}[secret]@`],
  [
    new RegExp(
      `(${secretKey}(?:\\\\?["'])?[ \\t]*[:=][ \\t]*)(?:\\\\?"((?:[^"\\\\]|\\\\[^"])*)\\\\?"|'([^']*)'|([^\\s,;"'&]+))`,
      'gi',
    ),
    hideValue,
  ],
  [/(?<![0-9a-f:-])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:-])/gi, (mac) => (harmlessMac.test(mac) ? mac : token('mac', mac))],
  [
    /((?<![a-z0-9])serial(?:[ _-]?(?:number|no|short))?["']?[ \t]*[:=][ \t]*["']?)([\w.-]{4,})/gi,
    (_, key, value) => `${key}${serial(value)}`,
  ],
  [/(\/dev\/disk\/by-id\/)([\w.:+-]+)/g, (all, folder, name) => (isOurs(name) ? all : `${folder}${token('serial', name)}`)],
  [
    /(\b(?:hostname|nodename|node_name|fqdn)\\?["']?[ \t]*[:=][ \t]*\\?["']?)([\w.-]{2,})/gi,
    (all, key, name) => (isOurs(name) || harmless.test(name) || name === 'localhost' ? all : `${key}${token('machine', name)}`),
  ],
  [
    /(?<![\w.])([\w.-]{2,32})@([\w-]+(?:\.[\w-]+)+)(?![\w/])/g,
    (all, user, host) => (isOurs(host) ? all : `${token('user', user)}@${token('machine', host)}`),
  ],
  [/(\/(?:home|Users)\/)([\w.@+-]+)/g, (all, folder, user) => (isOurs(user) ? all : `${folder}${token('user', user)}`)],
];

/** Cheap: most texts have nothing of the kind. */
const suspicious = new RegExp(
  `${secretKey}|PRIVATE KEY|serial|by-id|host_?name|node_?name|fqdn|@|/home/|/Users/|bearer|basic |gh[pousr]_|github_pat|glpat|xox|AKIA|AIza|sk-|eyJ|(?:[0-9a-f]{2}:){5}`,
  'i',
);

/** Made by podproof for every run: the bridge's address, and none at all. */
const harmlessMac = /^(?:02:70:70:00:00:01|(?:00:){5}00|(?:ff:){5}ff)$/i;

function hideValue(all: string, key = '', double?: string, single?: string, bare?: string): string {
  const value = double ?? single ?? bare ?? '';
  if (value === '' || harmless.test(value) || value.startsWith('[secret')) return all;
  return `${key}${all.slice(key.length).replace(value, '[secret]')}`;
}

function isSecret(key: string, value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !harmless.test(value) && new RegExp(`${secretKey}$`, 'i').test(key);
}

function isSerial(key: string, value: unknown): value is string {
  return key === 'serial' && typeof value === 'string';
}

function serial(value: string): string {
  return isOurs(value) || harmless.test(value) ? value : token('serial', value);
}

function isOurs(name: string): boolean {
  return /^(?:virtio-)?podproof/i.test(name) || /^(?:mac|serial|machine|user)-[0-9a-f]{6}$/.test(name);
}

function token(kind: 'mac' | 'serial' | 'machine' | 'user', value: string): string {
  return `${kind}-${createHash('sha256').update(`${kind} ${value.toLowerCase()}`).digest('hex').slice(0, 6)}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
