import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import type { Page } from 'playwright-core';
import {
  type ChildProcess,
  createFaultDatabase,
  type FaultDatabase,
  startApi,
  startWorker,
} from '../faults/harness/index.ts';
import { useConsole } from './console-page.ts';
import { addHistory } from './history.ts';

const open = useConsole();

interface Running {
  api: ChildProcess;
  database: FaultDatabase;
  /** Ends the API, and starts it again at the same address. */
  restartApi: (meanwhile: () => Promise<unknown>) => Promise<void>;
}

async function start(): Promise<Running> {
  const database = await createFaultDatabase();
  await addHistory(database.db);
  const env = { DATABASE_URL: database.connectionString };
  const api = await startApi(env);
  await startWorker(env);
  let running = api;
  return {
    api,
    database,
    async restartApi(meanwhile) {
      await running.kill();
      await meanwhile();
      running = await startApi({ ...env, PORT: new URL(api.url).port });
    },
  };
}

/** Scrolls the thread to one of its ends until a message is there. */
async function scrollTo(page: Page, end: 'top' | 'bottom', text: string): Promise<void> {
  const scroller = page.getByRole('region', { name: 'Messages' });
  await eventually(async () => {
    await scroller.evaluate((element, where) => {
      element.scrollTop = where === 'top' ? 0 : element.scrollHeight;
    }, end);
    expect(await page.getByText(text, { exact: true }).count()).toBe(1);
  });
}

test('from the list over a search to the hit in its thread, and from there to both of its ends', async () => {
  const { api } = await start();
  const { page, row, rowTitles, bubble, isInView, findings } = await open(`${api.url}/`);
  expect(new URL(page.url()).pathname).toBe('/console');
  await row('contact 4').waitFor();
  expect(await rowTitles()).toEqual(['contact 4', 'contact 3', 'contact 2', 'contact 1']);
  await page.getByText(/^View \d+ \w+ old, \d+ pending$/).waitFor();
  await page.getByText(/^Last response \d+ ms at/).waitFor();

  await page.keyboard.press('/');
  await page.keyboard.type('giraffe');
  await page.locator('mark', { hasText: 'giraffe' }).waitFor();
  expect(await rowTitles()).toEqual(['contact 4']);
  expect(await row('contact 4').textContent()).toContain('in a message');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.bubble.hit').waitFor();
  expect(await isInView(bubble('a giraffe'))).toBe(true);
  expect(await findings()).toEqual([]);
  const address = new URL(page.url()).searchParams;
  expect([address.get('search'), address.get('contact'), Number(address.get('message')) > 0]).toEqual([
    'giraffe',
    '4',
    true,
  ]);

  await scrollTo(page, 'top', 'line 1');
  await scrollTo(page, 'bottom', 'line 300');
  const texts = await page.locator('.bubble p').allTextContents();
  const numbers = texts.map((text) => (text === 'a giraffe' ? 150 : Number(text.replace('line ', ''))));
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 301 - numbers.length + index));

  await page.goBack(); // to the list, with its search
  await row('contact 4').waitFor();
  expect(await page.locator('.bubble').count()).toBe(0);
  expect(await page.getByRole('searchbox').inputValue()).toBe('giraffe');
  await page.keyboard.press('Escape');
  await row('contact 1').waitFor();
});

test('what is received is left, and what is sent is right', async () => {
  const { api } = await start();
  const { page, bubble } = await open(`${api.url}/console?contact=4`);
  await bubble('line 300').waitFor();
  const left = async (text: string) => (await bubble(text).boundingBox())?.x ?? Number.NaN;
  expect(await left('line 300')).toBeGreaterThan(await left('line 299'));
  expect(await bubble('line 299').textContent()).toContain('Received:');
  expect(await bubble('line 300').textContent()).toContain('Sent:');
  await page.getByRole('heading', { name: 'contact 4' }).waitFor();
});

test('messages that others send appear, also after the API was restarted and after its cursors were lost', async () => {
  const { api, database, restartApi } = await start();
  const { page, row, rowTitles, bubble, untilLive, isInView } = await open(`${api.url}/console?contact=4`);
  await untilLive();
  await bubble('line 300').waitFor();
  const send = (contactId: number, content: string) => api.post('/api/commands/send-message', { contactId, content });

  await send(4, 'while it is open');
  await bubble('while it is open').waitFor();
  await eventually(async () => expect(await isInView(bubble('while it is open'))).toBe(true));
  await send(9, 'the first to this contact');
  await row('the first to this contact').waitFor();
  expect((await rowTitles())[0]).toBe('contact 9');

  await restartApi(async () => {
    await page.getByText('Offline, trying again').waitFor();
    await database.db.query("insert into messages (contact_id, content) values (4, 'while it was away')");
  });
  await bubble('while it was away').waitFor();
  await untilLive();

  // As a crash of PostgreSQL does: cursors from before are 410 from then on.
  const beginsAnew = page.waitForRequest((request) => request.url().endsWith('/api/changes')); // without a cursor
  await restartApi(async () => {
    await database.db.query('truncate change_feed');
    await database.db.query("insert into messages (contact_id, content) values (4, 'while the cursors were lost')");
  });
  await beginsAnew;
  await bubble('while the cursors were lost').waitFor();
  await row('while the cursors were lost').waitFor();
  await untilLive();
  await send(2, 'after all of it');
  await row('after all of it').waitFor();
});

test('what is read stays where it is while messages come', async () => {
  const { api, database } = await start();
  const { page, bubble, untilLive } = await open(`${api.url}/console?contact=4`);
  await untilLive();
  await bubble('line 300').waitFor();
  await page.getByRole('region', { name: 'Messages' }).evaluate((element) => {
    element.scrollTop = element.scrollHeight - element.clientHeight - 900;
  });
  const top = async () => (await bubble('line 285').boundingBox())?.y ?? Number.NaN;
  const before = await top();
  const expectUnmoved = async () => expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1); // of a pixel
  await database.db.query("insert into messages (contact_id, content) values (4, 'below what is read')");
  await bubble('below what is read').waitFor();
  await expectUnmoved();

  await database.db.query("delete from messages where content in ('below what is read', 'line 299', 'line 250')");
  for (const gone of ['line 299', 'line 250']) {
    await eventually(async () => expect(await bubble(gone).count()).toBe(0));
    await expectUnmoved();
  }
  await database.db.query(`
    insert into messages (contact_id, content, created_at)
    values (4, 'above what is read', (select created_at from messages where content = 'line 260'))`);
  await bubble('above what is read').waitFor();
  await expectUnmoved();
});

test('a message is sent with Enter, and once however often it is tried', async () => {
  const { api, database } = await start();
  const { page, bubble, untilLive } = await open(`${api.url}/console?contact=1`);
  await untilLive();
  const box = page.getByRole('textbox', { name: 'Message' });
  await box.fill('two\nlines');
  await box.press('Enter');
  await page.locator('.bubble.outbound', { hasText: 'two' }).waitFor();
  expect(await box.inputValue()).toBe('');

  // Stored, but its response is lost on the way.
  await page.route('**/send-message', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await box.fill('sent twice');
  await box.press('Enter');
  await page.getByRole('alert').getByText('Not sent.').waitFor();
  expect(await box.inputValue()).toBe('sent twice');
  await page.unroute('**/send-message');
  await box.press('Enter');
  await eventually(async () => expect(await box.inputValue()).toBe(''));
  await bubble('sent twice').waitFor();
  const { rows } = await database.db.query("select from messages where content = 'sent twice'");
  expect(rows).toHaveLength(1);
});

test('what is read and deleted meanwhile goes, without an error', async () => {
  const { api, database } = await start();
  const { page, bubble, untilLive } = await open(`${api.url}/console?contact=4`);
  await untilLive();
  await scrollTo(page, 'top', 'line 101');
  await page.getByRole('region', { name: 'Messages' }).evaluate((element) => {
    element.scrollTop = 0;
  });
  await bubble('line 1').waitFor();
  await database.db.query(
    "delete from messages where contact_id = 4 and content in ('line 1', 'line 2', 'line 5', 'line 9')",
  );
  for (const gone of ['line 1', 'line 2', 'line 5', 'line 9']) {
    await eventually(async () => expect(await bubble(gone).count()).toBe(0));
  }
  await bubble('line 3').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('a thread that is opened at its oldest message goes on from there', async () => {
  const { api, database } = await start();
  const { rows } = await database.db.query("select id from messages where content = 'line 1'");
  const { page, bubble, isInView } = await open(`${api.url}/console?contact=4&message=${rows[0].id}`);
  await page.locator('.bubble.hit').waitFor();
  expect(await isInView(bubble('line 1'))).toBe(true);
  await scrollTo(page, 'bottom', 'line 300');
  await page.getByRole('button', { name: 'Newest' }).waitFor({ state: 'detached' });
});

test('the list stays where it is while others write, also who is at its top', async () => {
  const { api, database } = await start();
  await database.db.query(`
    insert into contacts (name, phone_number) select 'many ' || i, '+1 555 ' || i from generate_series(1, 250) i;
    insert into messages (contact_id, content, created_at)
    select id, 'hello', timestamptz '2026-03-01' + id * interval '1 minute' from contacts`);
  const { page, row, untilLive } = await open(`${api.url}/console`);
  await untilLive();
  await row('many 250').waitFor();
  await page.getByRole('listbox').evaluate((element) => {
    element.scrollTop = 76 * 30;
  });
  await row('many 218').waitFor();
  const write = (name: string) =>
    database.db.query('insert into messages (contact_id, content) select id, $2 from contacts where name = $1', [
      name,
      `from ${name}`,
    ]);
  const topOf = async (name: string) => (await row(name).boundingBox())?.y;
  const before = await topOf('many 215');
  await write('many 10');
  await write('many 220'); // the first that is visible
  const requested = page.waitForResponse(/\/api\/conversations/);
  await write('many 11');
  await requested;
  await eventually(async () => expect(await row('many 220').count()).toBe(0));
  expect(await topOf('many 215')).toBe(before);
  await page.getByRole('listbox').press('Home');
  await row('from many 11').waitFor();
  await row('from many 220').waitFor();
});
