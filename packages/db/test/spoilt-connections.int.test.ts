import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ConflictError, UnavailableError } from '@messaging/shared';
import pg from 'pg';
import { connectionOptions, type Pool } from '../src/connection/pool.ts';
import { many } from '../src/connection/sql.ts';
import { inTransaction } from '../src/connection/transaction.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

/** One connection, which gives up a statement soon: what a silent connection looks like from here. */
let pool: Pool;
let fixture: Fixture;
let holder: pg.Client;

const ADD_CONTACT = "insert into contacts (name, phone_number) values ($1, '+1 555')";
/** Gets no answer until `holder` lets go. */
const STUCK = 'select pg_advisory_lock_shared(1)';

beforeEach(async () => {
  fixture = await createFixture();
  const config = { connectionString: fixture.connectionString, poolSize: 1, statementTimeoutMs: 0 };
  pool = new pg.Pool({ ...connectionOptions(config, 'spoilt'), max: 1, query_timeout: 500 });
  holder = await fixture.connect();
  await holder.query('select pg_advisory_lock(1)');
});

afterEach(async () => {
  await pool.end();
  await fixture.close();
});

const letGo = () => holder.query('select pg_advisory_unlock(1)');

async function backendPid(): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

async function storedNames(): Promise<string[]> {
  const { rows } = await fixture.pool.query<{ name: string }>('select name from contacts order by id');
  return rows.map(({ name }) => name);
}

test('a write after a transaction that got no answer is not part of it', async () => {
  const work = inTransaction(pool, async (db) => {
    await many(db, ADD_CONTACT, ['abandoned']);
    await many(db, STUCK);
  });
  await expect(work).rejects.toBeInstanceOf(UnavailableError);
  await letGo();
  await pool.query(ADD_CONTACT, ['afterwards']);
  expect(await storedNames()).toEqual(['afterwards']);
});

test('a connection whose rollback gets no answer is closed, whatever made the transaction fail', async () => {
  const pid = await backendPid();
  const work = inTransaction(pool, async (db) => {
    void db.query(STUCK).catch(() => {});
    throw new ConflictError('of the work itself');
  });
  await expect(work).rejects.toThrow('of the work itself');
  await letGo();
  expect(await backendPid()).not.toBe(pid);
});

test('a connection whose work failed for reasons of its own is used again', async () => {
  await addContacts(pool, 1);
  const pid = await backendPid();
  const work = inTransaction(pool, async (db) => {
    await many(db, ADD_CONTACT, ['undone']);
    throw new ConflictError('of the work itself');
  });
  await expect(work).rejects.toThrow('of the work itself');
  expect(await backendPid()).toBe(pid);
  expect(await storedNames()).toEqual(['contact 1']);
});
