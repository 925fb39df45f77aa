import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect } from './support.ts';

let database: TestDatabase;
let api: TestApi;

beforeEach(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
});

afterEach(async () => {
  await api.close();
  await database.close();
});

test.each([{}, { 'Idempotency-Key': 'once' }])(
  'a command that is ended for a deadlock is run once more, with the headers %j',
  async (headers) => {
    const somebody = await connect(database);
    await somebody.query(`
      insert into contacts (name, phone_number) values ('Ada', '+1 555 0100');
      insert into messages (contact_id, content) values (1, 'hello')`);
    // Takes message and contact in the other order, and has the patience that the command has not.
    await somebody.query("begin; set local deadlock_timeout = '30s'; select from messages for update");
    const deleted = api.command('delete-contact', { contactId: 1 }, headers);
    await somebody.untilSomeoneWaits();
    await somebody.query("update contacts set phone_number = '+1 555 0199' where id = 1; commit");
    expect((await deleted).status).toBe(204);
    expect((await somebody.query('select from contacts')).rowCount).toBe(0);
    await somebody.end();
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toContain('messaging_command_retries_total{command="delete-contact"} 1');
  },
);
