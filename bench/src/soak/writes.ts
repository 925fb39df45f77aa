import { randomUUID } from 'node:crypto';
import type { Operation } from './fixed-rates.ts';
import type { Call, Traffic } from './traffic.ts';

/** So many of what was added stay; older ones are deleted, so that the data stays as large as it is. */
const KEPT_MESSAGES = 500;
const KEPT_CONTACTS = 50;
const IMPORTED_LINES = 25;

interface Message {
  id: number;
  contactId: number;
}
interface Conversations {
  conversations: { contactId: number; lastMessage: { id: number; createdAt: string } }[];
}

/** What people do who write; each looks whether it sees what it has written. */
export function createWrites(traffic: Traffic, nextContact: () => number): Operation[] {
  const sent: number[] = [];
  const added: number[] = [];
  const command = commandOf(traffic);
  const send = async (content: string, headers?: Record<string, string>) => {
    const { body } = await command<{ message: Message }>(
      'send-message',
      201,
      { contactId: nextContact(), content },
      headers,
    );
    sent.push(body.message.id);
    return body.message;
  };
  return [
    { perSecond: 18, run: async () => void (await send('On my way.')) },
    { perSecond: 2, run: () => sendAndLook(traffic, send) },
    { perSecond: 1, run: () => sendAndFind(traffic, send) },
    { perSecond: 2, run: async () => void sent.push(await sendTwice(traffic, nextContact())) },
    { perSecond: 3, run: () => rename(traffic, nextContact()) },
    { perSecond: 0.4, run: () => importTwice(traffic, nextContact) },
    { perSecond: 23, run: () => deleteOldest(traffic, 'delete-message', 'messageId', sent, KEPT_MESSAGES) },
    { perSecond: 1, run: async () => void added.push(await addContact(traffic)) },
    { perSecond: 1, run: () => deleteOldest(traffic, 'delete-contact', 'contactId', added, KEPT_CONTACTS) },
    { perSecond: 1, run: async () => void (await command('send-message', 400, { contactId: 'x', content: '' })) },
  ];
}

const commandOf =
  ({ call }: Traffic) =>
  <Body>(name: string, expect: number, body: object, headers: Call['headers'] = {}) =>
    call<Body>('write', `/api/commands/${name}`, { method: 'POST', body, expect, headers });

type Send = (content: string) => Promise<Message>;

/** The list must show it at once: it, or a later one of its contact. */
async function sendAndLook({ call }: Traffic, send: Send): Promise<void> {
  const { id, contactId } = await send('Can you see this?');
  const { body } = await call<Conversations>('list', '/api/conversations?pageSize=200');
  const shown = body.conversations.find((conversation) => conversation.contactId === contactId);
  if (!shown || shown.lastMessage.id < id) throw new Error(`The list does not show message ${id} of ${contactId}.`);
}

/** A search must find it at once, and nothing else. */
async function sendAndFind({ call }: Traffic, send: Send): Promise<void> {
  const word = randomUUID();
  const { contactId } = await send(`Reference ${word}`);
  const { body } = await call<Conversations>('search', `/api/conversations?searchValue=${word}`);
  const found = body.conversations.map((conversation) => conversation.contactId);
  if (found.length !== 1 || found[0] !== contactId) throw new Error(`${word} of ${contactId} was found in [${found}].`);
}

/** The repeat must get the first answer and store nothing. */
async function sendTwice(traffic: Traffic, contactId: number): Promise<number> {
  const headers = { 'idempotency-key': randomUUID() };
  const send = () =>
    commandOf(traffic)<{ message: Message }>('send-message', 201, { contactId, content: 'Once only.' }, headers);
  const [first, second] = [await send(), await send()];
  const isReplay = second.headers.get('idempotency-replayed') === 'true';
  if (!isReplay || second.body.message.id !== first.body.message.id) throw new Error('A repeat was no repeat.');
  return first.body.message.id;
}

async function rename(traffic: Traffic, contactId: number): Promise<void> {
  const name = `Contact ${contactId} ${Date.now() % 1_000}`;
  const { body } = await commandOf(traffic)<{ contact: { name: string } }>('update-contact', 200, { contactId, name });
  if (body.contact.name !== name) throw new Error(`Contact ${contactId} kept its name.`);
}

/** Messages of long ago. The repeat must store none of them. */
async function importTwice({ call }: Traffic, nextContact: () => number): Promise<void> {
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

/** A contact with one message, which is on the list at once. */
async function addContact(traffic: Traffic): Promise<number> {
  const command = commandOf(traffic);
  const contact = { name: 'Newcomer', phoneNumber: '+1 555 0100' };
  const { body } = await command<{ contact: { id: number } }>('create-contact', 201, contact);
  await command('send-message', 201, { contactId: body.contact.id, content: 'Hello!' });
  return body.contact.id;
}

async function deleteOldest(
  traffic: Traffic,
  name: 'delete-message' | 'delete-contact',
  field: string,
  ids: number[],
  kept: number,
): Promise<void> {
  if (ids.length <= kept) return;
  await commandOf(traffic)(name, 204, { [field]: ids.shift() });
}
