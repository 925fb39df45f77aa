import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, startApi } from '../faults/harness/index.ts';
import { useConsole } from './console-page.ts';

const open = useConsole();

const MARKUP = '<img src=x onerror="reportError(new Error())"><script>reportError(new Error())</script>&amp;{{1+1}}';
const BIDI = '\u202Eright to left\u2066 and isolated';
const EMOJI = '👩‍👩‍👧‍👦🏳️‍🌈👍🏽 café';

test('shows names and messages as they are, whatever they hold', async () => {
  const { connectionString, db } = await createFaultDatabase();
  const { url } = await startApi({ DATABASE_URL: connectionString });
  await db.query('update contacts set name = $1 where id = 1', [MARKUP]);
  await db.query('update contacts set name = $1 where id = 2', [BIDI]);
  for (const [contactId, content] of [
    [1, MARKUP],
    [2, BIDI],
    [3, EMOJI],
  ]) {
    await db.query('insert into messages (contact_id, content) values ($1, $2)', [contactId, content]);
  }
  const { page, row, rowTitles, bubble, findings } = await open(`${url}/console`);
  await row('café').waitFor();
  expect(await rowTitles()).toEqual(['contact 3', BIDI, MARKUP]);
  // What is written from right to left in a name does not turn what stands beside it.
  const [name, time] = await Promise.all([
    row(BIDI).locator('bdi').first().boundingBox(),
    row(BIDI).locator('time').boundingBox(),
  ]);
  expect(name?.x ?? Number.NaN).toBeLessThan(time?.x ?? Number.NaN);
  for (const contactId of [1, 2, 3]) {
    await page.goto(`${url}/console?contact=${contactId}`);
    await bubble([MARKUP, BIDI, EMOJI][contactId - 1] ?? '').waitFor();
  }
  await page.getByRole('searchbox').fill('👩‍👩‍👧‍👦');
  await page.locator('mark', { hasText: '👩‍👩‍👧‍👦' }).waitFor();
  await page.getByRole('searchbox').fill('{{1+1');
  await page.locator('mark', { hasText: '{{1+1' }).waitFor();
  expect(await findings()).toEqual([]);
});

test('one word of 1 MiB is folded, unfolds step by step, and makes nothing wider', async () => {
  const { connectionString, db } = await createFaultDatabase();
  const { url } = await startApi({ DATABASE_URL: connectionString });
  await db.query(
    "insert into messages (contact_id, content) values (1, repeat('x', 1000000)), (1, repeat('🎈', 250000))",
  );
  const { page } = await open(`${url}/console?contact=1`);
  const shown = page.locator('.bubble p').first();
  await shown.waitFor();
  expect(await page.locator('.bubble p').allTextContents()).toEqual([`${'x'.repeat(600)}…`, `${'🎈'.repeat(300)}…`]);
  await page
    .getByRole('button', { name: /^Show more/ })
    .first()
    .click();
  await eventually(async () => expect((await shown.textContent())?.length).toBe(20_601));
  const widths = await page.locator('.scroller').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  expect(widths).toBe(0);
});

test('thousands of conversations scroll with a few rows in the page', async () => {
  const { connectionString, db } = await createFaultDatabase();
  const { url } = await startApi({ DATABASE_URL: connectionString });
  await db.query(`
    insert into contacts (name, phone_number) select 'many ' || i, '+1 555 ' || i from generate_series(1, 3000) i;
    insert into messages (contact_id, content, created_at)
    select id, 'hello', timestamptz '2026-01-01' + id * interval '1 minute' from contacts`);
  const { page, row, rowTitles } = await open(`${url}/console`);
  await row('many 3000').waitFor();
  const list = page.getByRole('listbox');
  await eventually(async () => {
    await list.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    expect(await rowTitles()).toContain('contact 1');
  });
  expect((await rowTitles()).length).toBeLessThan(40);
  const last = page.getByRole('option').last();
  expect(await last.getAttribute('aria-setsize')).toBe('3050');
  await list.focus();
  await page.keyboard.press('Home');
  await row('many 3000').waitFor();
});
