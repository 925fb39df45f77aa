import type { Queryable } from './pool.ts';
import { FULL_SIGNATURE, toSignature } from './search/signature.ts';
import { many } from './sql.ts';

/** A segment, as the index of n-grams reads it. */
export interface SegmentText {
  contactId: number;
  newestAt: string;
  /** Null for a text that is too long to be read. */
  body: string | null;
}

/** Adds the signatures of segments. To one that is known, of which another had the same time, the bits are added. */
export async function addSignatures(db: Queryable, segments: SegmentText[]): Promise<void> {
  const values = [
    segments.map(({ contactId }) => contactId),
    segments.map(({ newestAt }) => newestAt),
    segments.map(({ body }) => (body === null ? FULL_SIGNATURE : toSignature(body))),
  ];
  await many(db, ADD, values, 'add-signatures');
}

/** Deletes the signatures of segments that are no more, of contacts with a pending change. */
export async function forgetSignatures(db: Queryable): Promise<void> {
  await many(db, FORGET);
}

const ADD = `
  insert into segment_signatures as known (contact_id, newest_at, signature)
  select contact_id, newest_at, bit_or(signature)
  from unnest($1::bigint[], $2::timestamptz[], $3::varbit[]) as added (contact_id, newest_at, signature)
  group by contact_id, newest_at
  on conflict (contact_id, newest_at) do update set signature = known.signature | excluded.signature`;

const FORGET = `
  delete from segment_signatures known
  where contact_id in (select contact_id from conversation_changes)
    and not exists (
      select from message_segments s where s.contact_id = known.contact_id and s.newest_at = known.newest_at
    )`;
