import type { Operation } from './fixed-rates.ts';
import { commandOf, importTwice, type Message, sendAndFind, sendAndLook, sendTwice } from './read-back.ts';
import type { Traffic } from './traffic.ts';

/** Number of additions that are kept. Older ones are deleted, so that the size of the data stays constant. */
const KEPT_MESSAGES = 500;
const KEPT_CONTACTS = 50;

/** The operations of clients that write. Each checks that it can read its own write. */
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

async function rename(traffic: Traffic, contactId: number): Promise<void> {
  const name = `Contact ${contactId} ${Date.now() % 1_000}`;
  const { body } = await commandOf(traffic)<{ contact: { name: string } }>('update-contact', 200, { contactId, name });
  if (body.contact.name !== name) throw new Error(`Contact ${contactId} kept its name.`);
}

/** Creates a contact with one message. The list must show it at once. */
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
