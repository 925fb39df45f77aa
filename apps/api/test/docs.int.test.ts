import { once } from 'node:events';
import { get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;
let page: string;
let policy: Map<string, string[]>;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  const response = await fetch(`${api.url}/docs`);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  page = await response.text();
  const directives = String(response.headers.get('content-security-policy')).split('; ');
  policy = new Map(directives.map((directive) => directive.split(' ')).map(([name = '', ...values]) => [name, values]));
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

/** What the page refers to: the directive that must allow it, the type it must have, and its text. */
async function fetchAssets() {
  const urls = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url);
  expect(urls.length).toBeGreaterThan(3);
  return Promise.all(
    urls.map(async (url) => {
      const response = await fetch(new URL(url, `${api.url}/docs`));
      return { url, response, text: await response.text() };
    }),
  );
}

const TYPES: Record<string, [string, string]> = {
  js: ['text/javascript; charset=utf-8', 'script-src'],
  css: ['text/css; charset=utf-8', 'style-src'],
  png: ['image/png', 'img-src'],
};

test('serves everything the page refers to itself, with its type, as its policy allows', async () => {
  for (const { url, response } of await fetchAssets()) {
    const [type, directive] = TYPES[url.split('.').at(-1) ?? ''] ?? ['none', 'none'];
    expect(url).toMatch(/^\/docs\//);
    expect([url, response.status, response.headers.get('content-type')]).toEqual([url, 200, type]);
    expect(policy.get(directive)).toContain("'self'");
  }
});

test('refers to nothing outside, in the page, its styles or its start', async () => {
  const assets = await fetchAssets();
  const own = [page, ...assets.filter(({ url }) => /\.css$|start\.js$/.test(url)).map(({ text }) => text)];
  for (const text of own) {
    const withoutNames = text.replace(/http:\/\/www\.w3\.org\/[\w/]+/g, ''); // of XML, which nobody fetches
    expect(withoutNames).not.toMatch(/(?:https?:)?\/\/[\w-]+\.\w|@import/);
  }
});

test('needs no script or style in the page, and its policy allows none', async () => {
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|style=/);
  expect([...policy.values()].flat().join(' ')).not.toMatch(/unsafe|\*|http/);
  expect(policy.get('default-src')).toEqual(["'none'"]);
  expect(policy.get('script-src')).toEqual(["'self'"]);
});

test('shows our document, which its policy lets it fetch', async () => {
  const start = await (await fetch(`${api.url}/docs/start.js`)).text();
  const [, url = ''] = /url: '([^']+)'/.exec(start) ?? [];
  expect((await fetch(new URL(url, api.url))).headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(policy.get('connect-src')).toEqual(["'self'"]);
  expect(start).toContain('validatorUrl: null');
});

test('is not sent again to who has it', async () => {
  for (const { url, response } of await fetchAssets()) {
    const etag = String(response.headers.get('etag'));
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect([url, await statusFor(url, { 'if-none-match': etag })]).toEqual([url, 304]);
    expect(await statusFor(url, { 'if-none-match': '"other"' })).toBe(200);
  }
});

/** By Node's own client: fetch would add `Cache-Control: no-cache` to a request with a condition. */
async function statusFor(path: string, headers: OutgoingHttpHeaders): Promise<number | undefined> {
  const [response] = (await once(get(api.url + path, { headers }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

test('serves no other file of the viewer, and none beside it', async () => {
  for (const path of [
    '/docs/package.json',
    '/docs/..%2fpackage.json',
    '/docs/../package.json',
    '/docs/swagger-ui.js',
  ]) {
    expect((await fetch(api.url + path)).status).toBe(404);
  }
});
