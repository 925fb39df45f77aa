import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { importedContact, toIssues } from '@messaging/shared';
import { from as copyFrom } from 'pg-copy-streams';
import type { LoadSession } from '../bulk-load/load-session.ts';
import { escapeField, toCopyChunks } from '../connection/copy.ts';
import { readInBatches } from '../connection/read-in-batches.ts';
import { many } from '../connection/sql.ts';
import type { Tables } from './kept-schema.ts';
import { isInRange, listColumns, timeOf } from './old-columns.ts';

const ROWS_AT_ONCE = 5_000;
const MAX_ID = Number.MAX_SAFE_INTEGER;

type OldContact = {
  id: string;
  name: string | null;
  phoneNumber: string | null;
  createdAt: string;
  updatedAt: string;
  /** The problem of its id or times. */
  problem: string | null;
};

/** What a command would accept. */
const accepted = importedContact.pick({ name: true, phoneNumber: true });

/**
 * Copies the old contacts that a single command would accept into `contacts`, unless `isDry`, and lists the others with
 * what is wrong. Of two times of a contact the known one counts for both, else the present. Requires a transaction.
 */
export async function takeContacts(
  { client, signal }: LoadSession,
  tables: Tables,
  { timeZone, isDry }: { timeZone?: string; isDry: boolean },
): Promise<void> {
  await many(client, `create table ${tables.rejectedContacts} (id bigint primary key, problem text not null)`);
  const columns = await listColumns(client, tables.contacts);
  const created = timeOf(columns.get('created_at'), timeZone);
  const updated = timeOf(columns.get('updated_at'), timeZone);
  const text = `
    select id::text, name::text, phone_number::text as "phoneNumber",
      coalesce(${created}, ${updated}, now())::text as "createdAt", coalesce(${updated}, ${created}, now())::text as "updatedAt",
      case
        when id not between 1 and ${MAX_ID} then 'id: must be from 1 to ${MAX_ID}'
        when not (${isInRange(`coalesce(${created}, now())`)} and ${isInRange(`coalesce(${updated}, now())`)})
          then 'created_at, updated_at: must be from 1970 to 9999'
      end as problem
    from ${tables.contacts}`;
  await readInBatches<OldContact>(
    client,
    text,
    [],
    async (rows) => {
      signal.throwIfAborted();
      const { lines, rejected } = judge(rows);
      if (!isDry) await pipeline(Readable.from(toCopyChunks(lines, (line) => line)), client.query(copyFrom(COPY)));
      if (rejected.length > 0) {
        const values = [rejected.map(({ id }) => id), rejected.map(({ problem }) => problem)];
        await many(
          client,
          `insert into ${tables.rejectedContacts} select * from unnest($1::bigint[], $2::text[])`,
          values,
        );
      }
    },
    ROWS_AT_ONCE,
  );
}

const COPY = 'copy contacts (id, name, phone_number, created_at, updated_at) from stdin';

function judge(rows: OldContact[]): { lines: string[]; rejected: { id: string; problem: string }[] } {
  const lines: string[] = [];
  const rejected: { id: string; problem: string }[] = [];
  for (const { id, name, phoneNumber, createdAt, updatedAt, problem } of rows) {
    const result = accepted.safeParse({ name: name ?? undefined, phoneNumber: phoneNumber ?? undefined });
    if (problem !== null) rejected.push({ id, problem });
    else if (result.success) {
      const [known, number] = [escapeField(result.data.name), escapeField(result.data.phoneNumber)];
      lines.push(`${id}\t${known}\t${number}\t${createdAt}\t${updatedAt}\n`);
    } else {
      const issues = toIssues(result.error, accepted).map(({ path, message }) => `${path}: ${message}`);
      rejected.push({ id, problem: issues.join('; ') });
    }
  }
  return { lines, rejected };
}
