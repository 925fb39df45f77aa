import { randomUUID } from 'node:crypto';
import type { Call, Traffic } from './traffic.ts';

const IMPORTED_LINES = 25;

export interface Message {
  id: number;
  contactId: number;
  createdAt: string;
}
interface Conversations {
  conversations: { contactId: number; lastMessage: { id: number; createdAt: string } }[];
}

/** Sends a command, which must return the status `expect`. */
export const commandOf =
  ({ call }: Traffic) =>
  <Body>(name: string, expect: number, body: object, headers: Call['headers'] = {}) =>
    call<Body>('write', `/api/commands/${name}`, { method: 'POST', body, expect, headers });

type Send = (content: string) => Promise<Message>;

/** The list must show the message at once, or a later one of its contact, unless its page ends before it. */
export async function sendAndLook({ call }: Traffic, send: Send): Promise<void> {
  const { id, contactId, createdAt } = await send('Can you see this?');
  const { body } = await call<Conversations>('list', '/api/conversations?pageSize=200');
  const shown = body.conversations.find((conversation) => conversation.contactId === contactId);
  const pageEndsAt = body.conversations.at(-1)?.lastMessage.createdAt ?? '';
  const isCurrent = shown ? shown.lastMessage.createdAt >= createdAt : pageEndsAt > createdAt;
  if (!isCurrent) throw new Error(`The list does not show message ${id} of ${contactId}.`);
}

/** A search must find the message at once, and nothing else. */
export async function sendAndFind({ call }: Traffic, send: Send): Promise<void> {
  const word = randomUUID();
  const { contactId } = await send(`Reference ${word}`);
  const { body } = await call<Conversations>('search', `/api/conversations?searchValue=${word}`);
  const found = body.conversations.map((conversation) => conversation.contactId);
  if (found.length !== 1 || found[0] !== contactId) throw new Error(`${word} of ${contactId} was found in [${found}].`);
}

/** The repeat must get the first response and store nothing. */
export async function sendTwice(traffic: Traffic, contactId: number): Promise<number> {
  const headers = { 'idempotency-key': randomUUID() };
  const send = () =>
    commandOf(traffic)<{ message: Message }>('send-message', 201, { contactId, content: 'Once only.' }, headers);
  const [first, second] = [await send(), await send()];
  const isReplay = second.headers.get('idempotency-replayed') === 'true';
  if (!isReplay || second.body.message.id !== first.body.message.id) throw new Error('A repeat was no repeat.');
  return first.body.message.id;
}

/** Imports old messages. The repeat must store none of them. */
export async function importTwice({ call }: Traffic, nextContact: () => number): Promise<void> {
  const lines = Array.from({ length: IMPORTED_LINES }, (_, index) =>
    JSON.stringify({
      contactId: nextContact(),
      content: `Line ${index} of an import`,
      createdAt: '2020-02-02T12:00:00Z',
      clientMessageId: randomUUID(),
    }),
  );
  for (const expected of [
    { imported: IMPORTED_LINES, duplicates: 0 },
    { imported: 0, duplicates: IMPORTED_LINES },
  ]) {
    const { body } = await call<{ imported: number; duplicates: number }>('import', '/api/commands/import-messages', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    if (body.imported !== expected.imported || body.duplicates !== expected.duplicates) {
      throw new Error(`An import was answered with ${JSON.stringify(body)} for ${JSON.stringify(expected)}.`);
    }
  }
}
