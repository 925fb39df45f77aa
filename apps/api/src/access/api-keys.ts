import { hash, timingSafeEqual } from 'node:crypto';

/** What a key may be used for; `admin` includes the other two. */
export const SCOPES = ['read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** A key as it is configured: the key itself is never stored. */
export interface ApiKey {
  /** Of the client, for logs and rate limits; while a key is replaced two may have the same. */
  name: string;
  sha256: Buffer;
  scopes: ReadonlySet<Scope>;
}

const NAME = /^[\w.@-]{1,64}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/i;
/** What begins an entry has a colon; a word without one is a further scope of the entry before it. */
const BETWEEN_ENTRIES = /,(?=[^,]*:)/;
const BETWEEN_SCOPES = /[+|/;:,\s]+/;

/**
 * Reads `name:sha256hex:scopes` entries, comma-separated; several scopes are joined by `+` (`|`, `/`, `;` and spaces do too).
 * `problems` has one line for each thing that is wrong and repeats nothing of the value.
 */
export function parseApiKeys(text: string): { keys: ApiKey[]; problems: string[] } {
  const problems: string[] = [];
  const entries = text.split(BETWEEN_ENTRIES).filter((entry) => /[^\s,]/.test(entry));
  const keys = entries.map((entry, index) => parseEntry(entry, (what) => problems.push(`entry ${index + 1}: ${what}`)));
  if (entries.length === 0) problems.push('has no entry; unset it to have no keys');
  for (const [index, { sha256 }] of keys.entries()) {
    const first = keys.findIndex((key) => key.sha256.equals(sha256));
    if (first < index && sha256.length > 0) problems.push(`entry ${index + 1}: has the hash of entry ${first + 1}`);
  }
  return { keys, problems };
}

function parseEntry(entry: string, report: (problem: string) => void): ApiKey {
  const [name = '', hash = '', ...rest] = entry.split(':').map((part) => part.trim());
  const words = rest.join(':').split(BETWEEN_SCOPES).filter(Boolean);
  if (!NAME.test(name)) report('the name must be 1 to 64 letters, digits or any of . _ @ -');
  if (!SHA256_HEX.test(hash)) report('the hash must be the SHA-256 of the key as 64 hexadecimal digits');
  if (words.length === 0 || !words.every(isScope)) report('the scopes must be of read, write and admin, joined by +');
  return { name, sha256: Buffer.from(hash, 'hex'), scopes: new Set(words.filter(isScope)) };
}

function isScope(word: string): word is Scope {
  return (SCOPES as readonly string[]).includes(word);
}

/** The entry of a key as it was presented. It takes as long whichever entry it is, and whether there is one or not. */
export function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const sha256 = hash('sha256', Buffer.from(presented, 'latin1'), 'buffer'); // headers are bytes, read as latin1
  let found: ApiKey | undefined;
  for (const key of keys) {
    if (timingSafeEqual(key.sha256, sha256)) found = key;
  }
  return found;
}

/** True where a key with these scopes may be used for what needs `scope`. */
export function hasScope({ scopes }: Pick<ApiKey, 'scopes'>, scope: Scope): boolean {
  return scopes.has(scope) || scopes.has('admin');
}
