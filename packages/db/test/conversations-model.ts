import { indexSegments } from '../src/search-index/index-segments.ts';
import type { Fixture } from './support.ts';

export type Operation =
  | { type: 'create-contact'; name: string; phoneNumber: string }
  | { type: 'send-message'; which: number; content: string; createdAt: string; direction: Direction }
  | { type: 'rename-contact'; which: number; name: string }
  | { type: 'edit-message'; which: number; content: string }
  | { type: 'move-message'; which: number }
  | { type: 'delete-message'; which: number }
  | { type: 'delete-contact'; which: number }
  | { type: 'refresh'; prunes: boolean }
  | { type: 'index-segments' };

export type Direction = 'inbound' | 'outbound' | null;

interface ModelContact {
  id: number;
  name: string;
  phoneNumber: string;
}

interface ModelMessage {
  id: number;
  contactId: number;
  content: string;
  direction: Direction;
  createdAt: string;
}

/** Which messages or conversations are wanted. */
export interface ModelFilters {
  contactId?: number | undefined;
  direction?: 'inbound' | 'outbound' | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** The service's promises in plain arrays, beside a database that goes through the same history. */
export interface Model {
  apply: (operation: Operation) => Promise<void>;
  list: (range?: ModelFilters) => unknown[];
  /** All messages that have the term in their content, or all without one, as the list shows them. */
  messages: (filters: ModelFilters, term?: string) => unknown[];
  /** Contact id, field and message id of every match, in the order of the list. */
  search: (term: string) => [number, string, number | null][];
}

/** Empties the database and begins with nothing. */
export async function createModel(fixture: Fixture): Promise<Model> {
  await fixture.pool.query('truncate contacts restart identity cascade');
  await fixture.pool.query('truncate segment_slices, segment_blocks');
  return toModel(fixture, { contacts: [], messages: [] });
}

/** The same promises over what the tables hold, whatever went before. */
export async function loadModel(fixture: Fixture): Promise<Model> {
  const contacts = await fixture.pool.query('select id, name, phone_number as "phoneNumber" from contacts');
  const messages = await fixture.pool.query(
    'select id, contact_id as "contactId", content, direction, created_at as "createdAt" from messages',
  );
  return toModel(fixture, { contacts: contacts.rows, messages: messages.rows });
}

function toModel(fixture: Fixture, state: State): Model {
  return {
    apply: (operation) => apply(fixture, state, operation),
    list: (range = {}) =>
      listConversations(state)
        .filter(({ last }) => isIn(range, last.createdAt))
        .map(toAnswer),
    messages: (filters, term = '') => listMessages(state, filters, term),
    search: (term) =>
      listConversations(state).flatMap(({ contact }) => {
        const match = matchOf(contact, threadOf(state, contact), term);
        return match ? [[contact.id, ...match]] : [];
      }),
  };
}

interface State {
  contacts: ModelContact[];
  messages: ModelMessage[];
}

async function apply({ pool, refresh }: Fixture, state: State, step: Operation): Promise<void> {
  const { contacts, messages } = state;
  if (step.type === 'create-contact') {
    const insert = 'insert into contacts (name, phone_number) values ($1, $2) returning id';
    const { rows } = await pool.query(insert, [step.name, step.phoneNumber]);
    contacts.push({ id: rows[0].id, name: step.name, phoneNumber: step.phoneNumber });
  } else if (step.type === 'refresh') {
    if (step.prunes) await refresh();
    else await pool.query('refresh materialized view concurrently recent_conversations'); // as if killed before pruning
  } else if (step.type === 'index-segments') {
    await indexSegments(pool, { all: true });
  } else if (step.type === 'send-message') {
    const contact = pick(contacts, step.which);
    if (!contact) return;
    const insert =
      'insert into messages (contact_id, content, created_at, direction) values ($1, $2, $3, $4) returning id, created_at';
    const { content, direction } = step;
    const { rows } = await pool.query(insert, [contact.id, content, step.createdAt, direction]);
    messages.push({ id: rows[0].id, contactId: contact.id, content, direction, createdAt: rows[0].created_at });
  } else await change(pool, state, step);
}

type Change = Exclude<Operation, { type: 'create-contact' | 'refresh' | 'index-segments' | 'send-message' }>;

async function change(pool: Fixture['pool'], state: State, step: Change): Promise<void> {
  const contact = pick(state.contacts, step.which);
  const message = pick(state.messages, step.which);
  if (step.type === 'rename-contact' && contact) {
    await pool.query('update contacts set name = $2 where id = $1', [contact.id, step.name]);
    contact.name = step.name;
  } else if (step.type === 'edit-message' && message) {
    await pool.query('update messages set content = $2 where id = $1', [message.id, step.content]);
    message.content = step.content;
  } else if (step.type === 'move-message' && message && contact) {
    await pool.query('update messages set contact_id = $2 where id = $1', [message.id, contact.id]);
    message.contactId = contact.id;
  } else if (step.type === 'delete-message' && message) {
    await pool.query('delete from messages where id = $1', [message.id]);
    state.messages = state.messages.filter((other) => other !== message);
  } else if (step.type === 'delete-contact' && contact) {
    await pool.query('delete from contacts where id = $1', [contact.id]);
    state.messages = state.messages.filter(({ contactId }) => contactId !== contact.id);
    state.contacts = state.contacts.filter((other) => other !== contact);
  }
}

const pick = <Item>(items: Item[], which: number): Item | undefined => items[which % Math.max(1, items.length)];

function threadOf({ messages }: State, contact: ModelContact): ModelMessage[] {
  const newestFirst = (a: ModelMessage, b: ModelMessage) => compareDescending(a.createdAt, b.createdAt) || b.id - a.id;
  return messages.filter(({ contactId }) => contactId === contact.id).sort(newestFirst);
}

function listConversations(state: State): { contact: ModelContact; last: ModelMessage }[] {
  const all = state.contacts.flatMap((contact) =>
    threadOf(state, contact)
      .slice(0, 1)
      .map((last) => ({ contact, last })),
  );
  return all.sort((a, b) => compareDescending(a.last.createdAt, b.last.createdAt) || b.contact.id - a.contact.id);
}

const isIn = ({ from = '', to = '~' }: ModelFilters, time: string): boolean => from <= time && time < to;

function listMessages(state: State, filters: ModelFilters, term: string): unknown[] {
  const { contactId, direction } = filters;
  return state.messages
    .filter((message) => contactId === undefined || message.contactId === contactId)
    .filter((message) => direction === undefined || message.direction === direction)
    .filter(({ createdAt }) => isIn(filters, createdAt))
    .filter(({ content }) => foldInModel(content).includes(foldInModel(term)))
    .sort((a, b) => compareDescending(a.createdAt, b.createdAt) || b.id - a.id)
    .map(({ content, ...message }) => ({
      ...message,
      contactName: state.contacts.find(({ id }) => id === message.contactId)?.name,
      preview: [...content].slice(0, 280).join(''),
    }));
}

const compareDescending = (a: string, b: string): number => Number(a < b) - Number(a > b);

const toAnswer = ({ contact, last }: { contact: ModelContact; last: ModelMessage }) => ({
  contactId: contact.id,
  name: contact.name,
  phoneNumber: contact.phoneNumber,
  lastMessage: {
    id: last.id,
    preview: [...last.content].slice(0, 280).join(''),
    direction: last.direction,
    createdAt: last.createdAt,
  },
  match: null,
});

/** Written apart from the service's own: without width, marks and what is invisible, lower case, and the letters with strokes. */
export function foldInModel(text: string): string {
  const bare = text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u05b0-\u05c7\u064b-\u0652\u00ad\u200b\u200e\u200f]/g, '')
    .normalize('NFC')
    .toLowerCase();
  return bare.replaceAll('ς', 'σ').replaceAll('ł', 'l').replaceAll('ı', 'i').replaceAll('µ', 'μ').replaceAll('ſ', 's');
}

function matchOf(contact: ModelContact, thread: ModelMessage[], term: string): [string, number | null] | undefined {
  const has = (value: string): boolean => foldInModel(value).includes(foldInModel(term));
  const digits = term.replace(/\D/g, '');
  const isPhone = digits.length >= 3 && /^[\d+\-(). ]*$/.test(term);
  if (has(contact.name)) return ['name', null];
  if (has(contact.phoneNumber)) return ['phoneNumber', null];
  if (isPhone && contact.phoneNumber.replace(/\D/g, '').includes(digits)) return ['phoneNumber', null];
  const newest = thread.find(({ content }) => has(content));
  return newest && ['message', newest.id];
}
