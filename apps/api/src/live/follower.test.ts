import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import type { Change } from '@messaging/shared';
import { createFollower } from './follower.ts';

const at = (snapshot: string) => ({ feed: 'feed', snapshot, takenAtMs: 0 });
const changeOf = (contactId: number, lastMessageId = contactId): Change => ({
  contactId,
  kind: 'changed',
  lastMessageId,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => changeOf(index + 1));
const { signal } = new AbortController();

function create(contactId?: number) {
  const created = createFollower(contactId, () => {});
  created.input.addMissed([], at('1:1:'));
  return created;
}

test('a conversation that changes twice is kept once, as it is then', async () => {
  const { follower, input } = create();
  input.add([changeOf(1, 10), changeOf(2, 11)], at('2:2:'));
  input.add([changeOf(1, 12)], at('3:3:'));
  expect(await follower.next(0, signal)).toEqual({ changes: [changeOf(1, 12), changeOf(2, 11)], position: at('3:3:') });
  expect(await follower.next(0, signal)).toEqual({ changes: [], position: at('3:3:') });
});

test('what was missed does not replace what came meanwhile', async () => {
  const { follower, input } = createFollower(undefined, () => {});
  input.add([changeOf(1, 20)], at('3:3:'));
  input.addMissed([changeOf(1, 10), changeOf(2, 11)], at('2:2:'));
  expect(await follower.next(0, signal)).toEqual({ changes: [changeOf(1, 20), changeOf(2, 11)], position: at('3:3:') });
});

test('a reader who waits gets however much there is', async () => {
  const { follower, input } = create();
  const next = follower.next(60_000, signal);
  input.add(many(20_000), at('2:2:'));
  expect(await next).toMatchObject({ changes: { length: 20_000 } });
});

test('so does one who has missed much, and takes it', async () => {
  const { follower, input } = createFollower(undefined, () => {});
  input.addMissed(many(50_000), at('2:2:'));
  input.add([changeOf(60_000)], at('3:3:'));
  expect(await follower.next(0, signal)).toMatchObject({ changes: { length: 50_001 } });
});

test('a reader who takes nothing is ended, and nothing is kept for it', async () => {
  const { follower, input } = create();
  input.add(many(10_000), at('2:2:'));
  input.add([changeOf(10_001)], at('3:3:'));
  expect(await follower.next(0, signal)).toBe('tooSlow');
});

test('changes of other contacts do not wake a reader of one', async () => {
  const { follower, input } = create(2);
  const next = follower.next(60_000, signal);
  input.add([changeOf(1)], at('2:2:'));
  input.add([changeOf(2)], at('3:3:'));
  expect(await next).toEqual({ changes: [changeOf(2)], position: at('3:3:') });
});

test('no wait leaves a listener, however it ends', async () => {
  const { follower, input } = create();
  const closing = new AbortController();
  for (let i = 0; i < 3; i++) await follower.next(1, closing.signal);
  const woken = follower.next(60_000, closing.signal);
  input.add([changeOf(1)], at('2:2:'));
  await woken;
  expect(getEventListeners(closing.signal, 'abort')).toEqual([]);
  const aborted = follower.next(60_000, closing.signal);
  closing.abort();
  expect(await aborted).toEqual({ changes: [], position: at('2:2:') });
});
