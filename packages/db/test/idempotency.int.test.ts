import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pruneIdempotencyKeys } from '../src/commands/prune-idempotency-keys.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
});

afterEach(() => fixture.close());

test('keys older than 24 hours are pruned, in as many statements as it takes, and younger ones kept', async () => {
  await fixture.pool.query(`
    insert into idempotency_keys (client, key, request_hash, status, created_at)
    select '', i::text, '', 201, now() - case when i <= 12000 then interval '25 hours' else interval '23 hours' end
    from generate_series(1, 12003) i`);
  expect(await pruneIdempotencyKeys(fixture.pool)).toBe(12_000);
  expect(await pruneIdempotencyKeys(fixture.pool)).toBe(0);
  const { rows } = await fixture.pool.query('select count(*)::int as kept from idempotency_keys');
  expect(rows).toEqual([{ kept: 3 }]);
});

test('pruning stops between statements when its signal aborts', async () => {
  await fixture.pool.query(`
    insert into idempotency_keys (client, key, request_hash, status, created_at)
    select '', i::text, '', 201, now() - interval '25 hours' from generate_series(1, 12000) i`);
  const closing = new AbortController();
  const pool = Object.create(fixture.pool, {
    query: {
      value: (...args: Parameters<typeof fixture.pool.query>) => {
        closing.abort(); // while the first statement runs
        return fixture.pool.query(...args);
      },
    },
  });
  expect(await pruneIdempotencyKeys(pool, closing.signal)).toBe(5_000);
});
