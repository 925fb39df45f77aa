import { expect } from '@jest/globals';
import { conversationsPage } from '@messaging/shared';
import type { ChildProcess } from './processes.ts';

/** Asserts that the list, as the API answers now, begins with these conversations' last messages. */
export async function expectListToBeginWith(api: ChildProcess, ...messageIds: number[]): Promise<void> {
  const { status, body } = await api.get(`/api/conversations?pageSize=${messageIds.length}`);
  expect(status).toBe(200);
  const { conversations } = conversationsPage.parse(body);
  expect(conversations.map(({ lastMessage }) => lastMessage.id)).toEqual(messageIds);
}
