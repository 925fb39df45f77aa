import { once } from 'node:events';
import { get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

const TYPES: Record<string, [string, string]> = {
  js: ['text/javascript; charset=utf-8', 'script-src'],
  css: ['text/css; charset=utf-8', 'style-src'],
  png: ['image/png', 'img-src'],
  svg: ['image/svg+xml', 'img-src'],
};

/** A page, the directives of its policy, and what it refers to: the directive that must allow it, its type, and its text. */
async function readPage(path: string) {
  const response = await fetch(api.url + path);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await response.text();
  const directives = String(response.headers.get('content-security-policy')).split('; ');
  const policy = new Map(
    directives.map((directive) => directive.split(' ')).map(([name = '', ...values]) => [name, values]),
  );
  const urls = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url);
  expect(urls.length).toBeGreaterThanOrEqual(3);
  const assets = await Promise.all(
    urls.map(async (url) => {
      const asset = await fetch(new URL(url, api.url + path));
      return { url, response: asset, text: await asset.text() };
    }),
  );
  return { page, policy, assets };
}

const eachPage = test.each(['/docs', '/console']);

eachPage('%s serves everything it refers to itself, below it, with its type, as its policy allows', async (path) => {
  const { policy, assets } = await readPage(path);
  for (const { url, response } of assets) {
    const [type, directive] = TYPES[url.split('.').at(-1) ?? ''] ?? ['none', 'none'];
    expect(`/${url}`.startsWith(`${path}/`)).toBe(true); // relative: below a path prefix too
    expect([url, response.status, response.headers.get('content-type')]).toEqual([url, 200, type]);
    expect(policy.get(directive)).toContain("'self'");
  }
});

eachPage('%s refers to nothing outside, in the page, its styles or its start', async (path) => {
  const { page, assets } = await readPage(path);
  const own = [page, ...assets.filter(({ url }) => /\.css$|start\.js$|console\.js$/.test(url)).map(({ text }) => text)];
  for (const text of own) {
    const withoutNames = text.replace(/http:\/\/www\.w3\.org\/[\w/]+/g, ''); // of XML, which nobody fetches
    expect(withoutNames).not.toMatch(/["'(`](?:https?:)?\/\/[\w-]+\.\w|@import/);
  }
});

eachPage('%s needs no script or style in the page, and its policy allows none', async (path) => {
  const { page, policy } = await readPage(path);
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|style=/);
  expect([...policy.values()].flat().join(' ')).not.toMatch(/unsafe|\*|http/);
  expect(policy.get('default-src')).toEqual(["'none'"]);
  expect(policy.get('script-src')).toEqual(["'self'"]);
  expect(policy.get('connect-src')).toEqual(["'self'"]);
});

eachPage('%s is compressed for who can read it, and not sent again to who has it', async (path) => {
  const encodings: (string | undefined)[] = [];
  for (const { url, text } of (await readPage(path)).assets) {
    for (const accepted of ['gzip', 'identity']) {
      const asked = { 'accept-encoding': accepted };
      const { headers } = await answerTo(`/${url}`, asked);
      if (accepted === 'gzip') encodings.push(headers['content-encoding']);
      else expect([url, headers['content-encoding']]).toEqual([url, undefined]);
      if (text.length >= 1_024) expect(headers.vary).toContain('Accept-Encoding');
      expect(headers.etag).toMatch(/^"[\w-]+"$/);
      const again = await answerTo(`/${url}`, { ...asked, 'if-none-match': headers.etag });
      expect([url, again.statusCode]).toEqual([url, 304]);
      const other = accepted === 'gzip' ? 'identity' : 'gzip'; // a cache asks with what it has
      const asOther = await answerTo(`/${url}`, { 'accept-encoding': other, 'if-none-match': headers.etag });
      expect([url, asOther.statusCode]).toEqual([url, 304]);
      expect((await answerTo(`/${url}`, { ...asked, 'if-none-match': '"other"' })).statusCode).toBe(200);
    }
  }
  expect(encodings).toContain('gzip');
});

eachPage('%s is found with a slash at its end, and serves no other file', async (path) => {
  const slashed = await fetch(`${api.url}${path}/`, { redirect: 'manual' });
  expect([slashed.status, slashed.headers.get('location')]).toEqual([302, `..${path}`]);
  for (const name of [
    'package.json',
    '..%2fpackage.json',
    '../package.json',
    'swagger-ui.js',
    'console.js.map',
    'types',
  ]) {
    expect((await fetch(`${api.url}${path}/${name}`)).status).toBe(404);
  }
  const refused = await fetch(api.url + path, { method: 'POST' });
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
});
test('/docs shows our document, wherever it comes from', async () => {
  const start = await (await fetch(`${api.url}/docs/start.js`)).text();
  const [, url = ''] = /url: '([^']+)'/.exec(start) ?? [];
  const response = await fetch(new URL(url, `${api.url}/docs`));
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(((await response.json()) as { servers: { url: string }[] }).servers[0]?.url).toBe('.');
  expect(start).toContain('validatorUrl: null');
});

test('/ leads to the console, relative to a path prefix', async () => {
  const response = await fetch(`${api.url}/`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, 'console']);
});

test('the console is small', async () => {
  let bytes = 0;
  for (const name of ['', '/console.js', '/console-style.css', '/icon.svg']) {
    const { headers } = await answerTo(`/console${name}`, { 'accept-encoding': 'gzip' });
    bytes += Number(headers['content-length']);
  }
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(60_000);
});

/** By Node's own client: fetch would add `Cache-Control: no-cache` to a request with a condition, and unpack what it gets. */
async function answerTo(path: string, headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
  const [response] = (await once(get(api.url + path, { headers }), 'response')) as [IncomingMessage];
  response.resume();
  return response;
}
