import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, type FaultDatabase, startApi } from '../faults/harness/index.ts';
import { useConsole } from './console-page.ts';
import { addHistory } from './history.ts';
import { startPrefixProxy } from './prefix-proxy.ts';

const open = useConsole();

interface Running {
  url: string;
  database: FaultDatabase;
}

async function start(settings: Record<string, string> = {}): Promise<Running> {
  const database = await createFaultDatabase();
  const { url } = await startApi({ DATABASE_URL: database.connectionString, ...settings });
  return { url, database };
}

test('says what is missing: no messages, no hits, no thread, an unknown contact', async () => {
  const { url, database } = await start();
  const { page, row, findings, untilLive } = await open(`${url}/console`);
  await page.getByText('No messages yet.').waitFor();
  await page.getByText('Choose a conversation.').waitFor();
  await untilLive();
  await database.db.query("insert into messages (contact_id, content) values (2, 'the only one')");
  await row('the only one').waitFor();
  await page.getByRole('searchbox').fill('nothing has this');
  await page.getByText('Nothing matches.').waitFor();
  expect(await findings()).toEqual([]);
  await page.goto(`${url}/console?contact=1`);
  await page.getByText('No messages yet. Send the first one.').waitFor();
  await page.goto(`${url}/console?contact=999`);
  await page.getByRole('alert').getByText('999').waitFor();
  await page.goto(`${url}/console?contact=nobody&message=-1&view=elsewhere&direction=up`);
  await page.getByText('Choose a conversation.').waitFor();
  expect(await findings()).toEqual([]);
});

test('asks for a key, again where it is wrong, and keeps it in the tab alone', async () => {
  const key = 'a-key-of-the-tests';
  const hash = createHash('sha256').update(key).digest('hex');
  const { url, database } = await start({ API_KEYS: `console:${hash}:read` });
  await addHistory(database.db);
  const { page, row, bubble, untilLive, findings } = await open(`${url}/console?contact=4`);
  const dialog = page.getByRole('dialog', { name: 'API key' });
  await dialog.getByText('This service needs an API key.').waitFor();
  expect(await findings()).toEqual([]);
  await dialog.getByLabel('Key').fill('not the key');
  await dialog.getByLabel('Key').press('Enter');
  await dialog.getByText('visible ASCII').waitFor();
  await dialog.getByLabel('Key').fill('a-wrong-one');
  await dialog.getByLabel('Key').press('Enter');
  await dialog.getByText('This key is not accepted.').waitFor();
  await dialog.getByLabel('Key').fill(key);
  await dialog.getByLabel('Key').press('Enter');
  await row('contact 4').waitFor();
  await bubble('line 300').waitFor(); // the address had it from the beginning
  await untilLive();
  expect(await dialog.count()).toBe(0);
  expect(await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie])).toEqual([1, 0, '']);
  await page.reload();
  await row('contact 4').click();
  await page.getByRole('textbox', { name: 'Message' }).fill('with a key that may only read');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('alert').getByText('Not sent.').waitFor();
  await page.getByRole('button', { name: 'Change key' }).click();
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('shows an error, tries again, and goes on where that succeeds', async () => {
  const { url, database } = await start();
  await addHistory(database.db);
  const { page, row, untilLive } = await open(`${url}/console`);
  await row('contact 4').waitFor();
  await untilLive();
  await page.route('**/api/conversations?*', (route) => route.abort());
  await page.getByRole('searchbox').fill('greeting');
  await page.getByRole('alert').getByText('The service cannot be reached.').waitFor();
  await page.getByText('Offline, trying again').waitFor();
  await page.unroute('**/api/conversations?*'); // it tries again by itself
  await page.locator('mark', { hasText: 'greeting' }).first().waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('cancels the search of an older term, and shows the newer one however late the older answers', async () => {
  const { url, database } = await start();
  await addHistory(database.db);
  const { page, row, rowTitles, untilLive } = await open(`${url}/console`);
  await row('contact 4').waitFor();
  await untilLive();
  const cancelled: string[] = [];
  page.on('requestfailed', (request) => cancelled.push(request.url()));
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route('**/api/conversations?*searchValue=greeting&*', async (route) => {
    await held;
    await route.continue().catch(() => {}); // the page has cancelled it
  });
  const asked = page.waitForRequest(/searchValue=greeting&/);
  await page.getByRole('searchbox').fill('greeting');
  await asked;
  await page.getByRole('searchbox').fill('greeting 2');
  await page.locator('mark', { hasText: 'greeting 2' }).waitFor();
  letGo();
  await eventually(() => expect(cancelled).toEqual([expect.stringContaining('searchValue=greeting&')]));
  expect(await rowTitles()).toEqual(['contact 2']);
});

test('finds messages by text, direction and time, and opens them in their thread', async () => {
  const { url, database } = await start();
  await addHistory(database.db);
  const { page, row, rowTitles, bubble, isInView, findings } = await open(`${url}/console`, {
    timezoneId: 'Asia/Tokyo',
  });
  await page.getByRole('link', { name: 'Messages' }).click();
  await row('line 300').waitFor();
  await page.getByRole('combobox', { name: 'Direction' }).selectOption('received');
  await row('line 299').waitFor();
  await eventually(async () => expect(await row('line 300').count()).toBe(0));
  await page.getByLabel('Before').fill('2026-02-01T09:31'); // 00:31 in UTC
  await row(/line 29$/).waitFor();
  await eventually(async () => expect(await row('line 299').count()).toBe(0));
  await page.getByRole('searchbox').fill('line 1');
  await eventually(async () => expect(await rowTitles()).toHaveLength(6)); // 1, 11, 13, 15, 17, 19
  expect(await findings()).toEqual([]);
  await row(/line 19$/).click();
  await bubble('line 19').waitFor();
  await eventually(async () => expect(await isInView(bubble('line 19'))).toBe(true));
  expect(new URL(page.url()).searchParams.get('to')).toBe('2026-02-01T00:31:00.000Z');

  await page.goto(`${url}/console?view=messages&contact=2`);
  await row('line 300').waitFor();
  await page.getByLabel('Only of the open contact').check();
  await eventually(async () => expect(await rowTitles()).toEqual(['contact 2']));
  await row('greeting 2').waitFor();
});

test('creates, renames and deletes a contact', async () => {
  const { url, database } = await start();
  const { page, row, findings } = await open(`${url}/console?view=contacts`);
  await row('contact 1').first().waitFor();
  await page.getByRole('button', { name: 'New contact' }).click();
  const dialog = page.getByRole('dialog');
  expect(await findings()).toEqual([]);
  await dialog.getByLabel('Name').fill('Ada');
  await dialog.getByLabel('Phone number').fill('nobody');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText('phoneNumber').waitFor();
  await dialog.getByLabel('Phone number').fill('+44 20 7946 0958');
  // Stored, but its response is lost on the way: sent again it is the same contact.
  await page.route('**/create-contact', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText('cannot be reached').waitFor();
  await page.unroute('**/create-contact');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Ada' }).waitFor();
  await page.getByRole('button', { name: 'Rename' }).click();
  await dialog.getByLabel('Name').fill('Ada Lovelace');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
  const countOf = async (name: string) =>
    (await database.db.query('select from contacts where name = $1', [name])).rowCount;
  await eventually(async () => expect([await countOf('Ada'), await countOf('Ada Lovelace')]).toEqual([0, 1]));

  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await countOf('Ada Lovelace')).toBe(1);
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByText('deleted with all of its messages').waitFor();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Choose a conversation.').waitFor();
  expect(await countOf('Ada Lovelace')).toBe(0);
});

test('works below a path prefix, as the pages of /docs do', async () => {
  const { url, database } = await start();
  await addHistory(database.db);
  const prefixed = await startPrefixProxy(url, '/some/prefix');
  const { page, row, untilLive, bubble } = await open(`${prefixed}/`);
  expect(new URL(page.url()).pathname).toBe('/some/prefix/console');
  await untilLive();
  await row('greeting 1').click();
  await bubble('greeting 1').waitFor();
  await page.goto(`${prefixed}/console/?contact=2`);
  expect(new URL(page.url()).pathname).toBe('/some/prefix/console');
  await bubble('greeting 2').waitFor();
  await page.goto(`${prefixed}/docs/`);
  await page.getByText('/api/commands/send-message').waitFor();
});

test('a narrow screen shows the list or the thread, in light and in dark', async () => {
  const { url, database } = await start();
  await addHistory(database.db);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, row, bubble, findings } = await open(`${url}/console`, {
      colorScheme,
      viewport: { width: 360, height: 640 },
    });
    await row('contact 4').click();
    await bubble('line 300').waitFor();
    expect(await row('contact 4').isVisible()).toBe(false);
    expect(await findings()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await row('contact 4').waitFor();
    expect(await bubble('line 300').count()).toBe(0);
    await row('contact 4').click();
    await page.getByRole('link', { name: 'Contacts' }).click();
    await row('contact 2').first().waitFor();
    expect(await findings()).toEqual([]);
  }
});
