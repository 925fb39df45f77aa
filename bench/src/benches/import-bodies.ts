import { withClient } from './with-client.ts';

/** The same messages in two formats: as a client sends them, and as `COPY` reads them. */
export interface ImportBodies {
  lines: Buffer<ArrayBuffer>;
  copy: Buffer;
}

/** The generator produces no tab, line break or backslash that either format would have to escape. */
const MESSAGES = `
  select content, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt"
  from messages where content !~ '[\\\\\\t\\n\\r]' order by id limit $1`;

/**
 * Takes messages of the loaded data and assigns each to another contact. This is the harder case: each batch touches as
 * many contacts as it has lines. With `batch` each message has a `clientMessageId` that no other batch has; `byExternalId`
 * names its contact as the seeder does, which gives every second one an external id: only these get messages.
 */
export async function readImportMessages(connectionString: string, count: number, contacts: number) {
  const { rows } = await withClient(connectionString, (client) =>
    client.query<{ content: string; createdAt: string }>(MESSAGES, [count]),
  );
  const messages = rows.map((row, index) => ({ contactId: 2 * (((index * 7_919) % (contacts / 2)) + 1), ...row }));
  return (batch?: string, { byExternalId = false } = {}): ImportBodies => {
    const lines: string[] = [];
    const copy: string[] = [];
    for (const [index, { contactId, content, createdAt }] of messages.entries()) {
      const clientMessageId = batch && `${batch}-${index}`;
      const contact = byExternalId ? { contactExternalId: `crm-${contactId}` } : { contactId };
      lines.push(JSON.stringify({ ...contact, content, createdAt, clientMessageId }));
      copy.push(`${contactId}\t${content}\t${createdAt}\t${clientMessageId ?? '\\N'}`);
    }
    return { lines: Buffer.from(`${lines.join('\n')}\n`), copy: Buffer.from(`${copy.join('\n')}\n`) };
  };
}
