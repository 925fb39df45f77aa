import { expect, test } from '@jest/globals';
import type { conversationsPage } from '@messaging/shared';
import type { z } from 'zod';
import { type ChildProcess, createFaultDatabase, startApi, startWorker } from './harness/index.ts';

const WRITERS = 8;
const READERS = 8;
const DURATION_MS = 60_000;
const ENOUGH_CHECKED = 20_000;
/** A slow machine comes to fewer; it goes on for so much longer, and this many say something. */
const LONGER_MS = 120_000;
const LEAST_CHECKED = 2_000;

type ConversationsPage = z.output<typeof conversationsPage>;

/** The last message of each writer's contact that its writer was told is stored. */
type Acknowledged = Map<number, { id: number; content: string }>;

test('8 writers and 8 readers for 60 s, refreshes running: no read misses what was acknowledged before it', async () => {
  const database = await createFaultDatabase();
  const env = { DATABASE_URL: database.connectionString };
  const apis = await Promise.all([startApi(env), startApi(env)]);
  // As eager as can be, so that refreshes come between everything.
  await startWorker({ ...env, REFRESH_QUIET_MS: '0', REFRESH_MAX_WAIT_MS: '100', REFRESH_REST_FACTOR: '0' });
  const acknowledged: Acknowledged = new Map();
  const untilMs = performance.now() + DURATION_MS;
  /** As long as the issue says, and on a busy machine until enough was looked at. */
  const goesOn = () => {
    const longerMs = checked < ENOUGH_CHECKED ? LONGER_MS : 0;
    return performance.now() < untilMs + longerMs;
  };
  const apiFor = (turn: number) => apis[turn % apis.length] as ChildProcess;
  const stale: unknown[] = [];
  let checked = 0;

  const write = async (contactId: number) => {
    for (let turn = contactId; goesOn(); turn++) {
      const content = `word${turn}of${contactId}x`;
      const { body } = await apiFor(turn).post<{ message: { id: number } }>('/api/commands/send-message', {
        contactId,
        content,
      });
      acknowledged.set(contactId, { id: body.message.id, content });
    }
  };
  const read = async (reader: number) => {
    for (let turn = reader; goesOn(); turn++) {
      const before = new Map(acknowledged);
      const missed = await READS[turn % READS.length]?.(apiFor(turn + 1), before, turn);
      checked += 1;
      if (missed !== undefined) stale.push(missed);
    }
  };
  await Promise.all([
    ...Array.from({ length: WRITERS }, (_, i) => write(i + 1)),
    ...Array.from({ length: READERS }, (_, i) => read(i)),
  ]);
  expect(stale).toEqual([]);
  expect(checked).toBeGreaterThan(LEAST_CHECKED);
  expect((await database.listRefreshes()).length).toBeGreaterThan(20);
}, 300_000);

type Read = (api: ChildProcess, before: Acknowledged, turn: number) => Promise<unknown>;

/** Each returns what it missed. */
const READS: Read[] = [
  async (api, before) => {
    const { body } = await api.get<ConversationsPage>('/api/conversations?pageSize=8');
    const shown = new Map(body.conversations.map(({ contactId, lastMessage }) => [contactId, lastMessage.id]));
    return [...before].find(([contactId, { id }]) => !((shown.get(contactId) ?? 0) >= id));
  },
  async (api, before, turn) => {
    const [contactId, last] = pick(before, turn);
    if (!last) return undefined;
    const { body } = await api.get<{ messages: { id: number }[] }>(`/api/contacts/${contactId}/messages?pageSize=1`);
    return (body.messages[0]?.id ?? 0) >= last.id ? undefined : last;
  },
  async (api, before, turn) => {
    const [contactId, last] = pick(before, turn);
    if (!last) return undefined;
    const { body } = await api.get<ConversationsPage>(`/api/conversations?searchValue=${last.content}`);
    return body.conversations.some((found) => found.contactId === contactId) ? undefined : last;
  },
];

function pick(acknowledged: Acknowledged, turn: number): [number, { id: number; content: string } | undefined] {
  const contactId = 1 + (turn % WRITERS);
  return [contactId, acknowledged.get(contactId)];
}
