import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { type CursorKey, cursorKey, DIGEST_LENGTH, NO_CURSOR } from '../contracts/cursor-key.ts';
import { InvalidInputError } from './errors.ts';

/**
 * An opaque cursor that goes on after `key` in the list that `scope` names (`messages:7`, `conversations:jose`).
 * A digest over both lets `decodeCursor` refuse what was cut, altered, or taken from another list.
 */
export function encodeCursor(scope: string, key: CursorKey): string {
  const payload = Buffer.from(JSON.stringify(key)).toString('base64url');
  return digest(scope, payload) + payload;
}

/**
 * The key inside a cursor made for the same `scope`. The digest detects mistakes, not forgery: anyone can compute it, so
 * the key must still satisfy its `schema`. @throws InvalidInputError on any other text
 */
export function decodeCursor<Key extends CursorKey>(scope: string, cursor: string, schema: z.ZodType<Key>): Key {
  const payload = cursor.slice(DIGEST_LENGTH);
  const isOurs = payload !== '' && cursor.slice(0, DIGEST_LENGTH) === digest(scope, payload);
  const key = isOurs ? schema.safeParse(cursorKey(cursor)).data : undefined;
  if (key !== undefined) return key;
  throw new InvalidInputError([{ path: 'cursor', message: NO_CURSOR }]);
}

function digest(scope: string, payload: string): string {
  return createHash('sha256').update(`${scope}\n${payload}`).digest('base64url').slice(0, DIGEST_LENGTH);
}
