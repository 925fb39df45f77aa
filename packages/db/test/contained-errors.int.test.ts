import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PayloadTooLargeError } from '@messaging/shared';
import { many } from '../src/connection/sql.ts';
import { withConnection } from '../src/connection/transaction.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

test('an error in a callback of a connection fails its statement, and no other', async () => {
  const { pool } = fixture;
  const other = many(pool, 'select pg_sleep(0.1), 1 as fine');
  const failing = withConnection(pool, async (client) => {
    client.on('notice', () => {
      throw new Error('nobody catches this');
    });
    await many(client, "do $$ begin raise notice 'x'; end $$");
  });
  await expect(failing).rejects.toThrow('nobody catches this');
  expect(await other).toMatchObject([{ fine: 1 }]);
  expect(await many(pool, 'select 2 as fine')).toEqual([{ fine: 2 }]);
});

test('what does not fit into an index is too large', async () => {
  const insert = "insert into unique_texts select string_agg(md5(i::text), '') from generate_series(1, 500) i";
  await many(fixture.pool, 'create table unique_texts (value text primary key)');
  await expect(many(fixture.pool, insert)).rejects.toThrow(PayloadTooLargeError);
});
