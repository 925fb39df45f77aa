import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { OpenApiDocument } from '../../src/openapi/document.ts';
import { lookUp } from '../../src/testing/document-schemas.ts';
import { hostileJsonValue, hostileText, hostileUrlValue } from './hostile-values.ts';

/** A request as it goes over the wire. */
export interface HostileRequest {
  method: string;
  target: string;
  headers: [string, string][];
  body: Buffer;
}

/** What the document says of an operation, as far as it can be abused. */
export interface Operation {
  method: string;
  path: string;
  query: string[];
  /** Fields of the body, as an example of it has them. */
  fields: string[];
  mediaType: string | undefined;
}

/** Every operation of the document. */
export function listOperations(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => {
      const parameters = (document.paths[path]?.[method]?.parameters ?? []) as { in?: string; name: string }[];
      const content = lookUp(document, ['paths', path, method, 'requestBody', 'content'])?.value ?? {};
      const [mediaType] = Object.keys(content);
      const { schema } =
        (Object.values(content)[0] as { schema: { $ref?: string; contentSchema?: { $ref: string } } }) ?? {};
      const ref = schema?.$ref ?? schema?.contentSchema?.$ref;
      const fields = ref ? Object.keys(lookUp(document, [...ref.slice(2).split('/'), 'properties'])?.value ?? {}) : [];
      return {
        method,
        path,
        query: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
        fields,
        mediaType,
      };
    }),
  );
}

/** Requests to an operation in which anything may be wrong. */
export function hostileRequest(operation: Operation): fc.Arbitrary<HostileRequest> {
  return fc
    .record({
      path: fc.oneof({ weight: 3, arbitrary: fc.constant('1') }, hostileUrlValue),
      query: fc.array(fc.tuple(nameLike(operation.query), hostileUrlValue), { maxLength: 5 }),
      headers: fc.array(hostileHeader, { maxLength: 3 }),
      content: operation.mediaType ? content(operation, operation.mediaType) : noContent,
    })
    .map(({ path, query, headers, content }) => ({
      method: operation.method.toUpperCase(),
      target: operation.path.replace(/\{\w+\}/, path) + toQuery(query),
      headers: [...content.headers, ...headers],
      body: content.body,
    }));
}

const toQuery = (pairs: [string, string][]): string =>
  pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;

/** A name of a parameter, and what other servers would take for one. */
const nameLike = (names: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...names, ...names, '__proto__', 'constructor', 'x'),
      fc.constantFrom('', '', '', '', '[]', '[a]', '[__proto__]', '[constructor][prototype][x]', '.x', '%5B%5D', '%00'),
    )
    .map(([name, suffix]) => name + suffix);

/** Header values as Node lets them through: no line breaks, any byte else. */
const headerText = hostileText.map((text) =>
  Buffer.from(text)
    .toString('latin1')
    .replace(/[\r\n\0]/g, '')
    .slice(0, 2_000),
);

const hostileHeader: fc.Arbitrary<[string, string]> = fc.tuple(
  fc.constantFrom(
    'Idempotency-Key',
    'X-Request-Id',
    'Authorization',
    'X-API-Key',
    'Accept',
    'If-None-Match',
    'If-Modified-Since',
    'Range',
    'Cookie',
    'Origin',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-HTTP-Method-Override',
    'Accept-Encoding',
    'Prefer',
    '__proto__',
    'constructor',
    'Content-Language',
  ),
  fc.oneof(
    headerText,
    fc.constantFrom('Bearer x', 'bytes=0-1,5-', '*', 'gzip;q=abc', 'k'.repeat(256), 'a b', 'same-key', 'same-key'),
  ),
);

interface Content {
  headers: [string, string][];
  body: Buffer;
}

const noContent: fc.Arbitrary<Content> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Content>({ headers: [], body: Buffer.alloc(0) }) },
  fc.constant({ headers: [['Content-Type', 'application/json']], body: Buffer.from('{"page":1}') } as Content),
);

const content = ({ fields }: Operation, mediaType: string): fc.Arbitrary<Content> =>
  fc
    .record({
      text:
        mediaType === 'application/json'
          ? bodyText(fields)
          : fc.array(bodyText(fields), { maxLength: 8 }).map((lines) => lines.join('\n')),
      charset: fc.constantFrom<BufferEncoding>('utf8', 'utf8', 'utf8', 'utf8', 'utf8', 'utf16le', 'latin1'),
      type: fc.oneof({ weight: 6, arbitrary: fc.constant(mediaType) }, fc.constantFrom(...MEDIA_TYPES)),
      encode: fc.oneof({ weight: 6, arbitrary: fc.constant(ENCODINGS[0]) }, fc.constantFrom(...ENCODINGS)),
    })
    .map(({ text, charset, type, encode }) => {
      const [name, run] = encode as (typeof ENCODINGS)[number];
      const headers = Object.entries({ 'Content-Type': type, 'Content-Encoding': name }).filter(
        ([, value]) => value !== '',
      );
      return { headers: headers as [string, string][], body: run(Buffer.from(text, charset)) };
    });

const MEDIA_TYPES = [
  '',
  'text/plain',
  'application/json; charset=utf-16',
  'application/json; charset=nonsense',
  'application/json;charset=utf-8;charset=latin1',
  'application/json, text/html',
  'APPLICATION/JSON',
  'application/jsonx',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/x-ndjson; charset=utf-16',
  '/',
  ';',
  '*/*',
  'application/vnd.api+json',
  `application/json; a=${'x'.repeat(2_000)}`,
];

const keep = (body: Buffer): Buffer => body;
const ENCODINGS: [string, (body: Buffer) => Buffer][] = [
  ['', keep],
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['gzip', keep],
  ['br', keep],
  ['gzip', (body) => gzipSync(body).subarray(0, 15)],
  ['gzip, gzip', (body) => gzipSync(gzipSync(body))],
  ['zstd', keep],
  ['identity', keep],
  ['nonsense', keep],
];

/** A JSON object with the fields of the body, any of which may be wrong, double, missing or joined by others; or no object. */
const bodyText = (fields: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(...fields.map((name) => pair(name)), fc.array(extraPair, { maxLength: 2 }))
        .map((parts) => `{${parts.flat().filter(Boolean).join(',')}}`),
    },
    hostileJsonValue,
  );

const PLAUSIBLE: Record<string, string[]> = {
  contactId: ['1', '2', '999'],
  messageId: ['999', '3'],
  content: ['"hello"', '"x"'],
  name: ['"Ada"'],
  phoneNumber: ['"+1 555 0100"'],
  createdAt: [
    '"2026-01-31T09:30:00Z"',
    '"2026-01-01T00:00:00+23:59"',
    '"1970-01-01T00:00:00.1234567-15:59"',
    '"9999-12-31T23:59:59.9999999Z"',
  ],
  clientMessageId: ['"a"'],
};

const pair = (name: string): fc.Arbitrary<string> =>
  fc
    .oneof({ weight: 4, arbitrary: fc.constantFrom(...(PLAUSIBLE[name] ?? ['1'])) }, hostileJsonValue, fc.constant(''))
    .map((value) => (value === '' ? '' : `${JSON.stringify(name)}:${value}`));

const extraPair = fc
  .tuple(
    fc.constantFrom(
      '"__proto__"',
      '"constructor"',
      '"toJSON"',
      '"contactId"',
      '""',
      `"${'k'.repeat(100_000)}"`,
      'bare',
    ),
    hostileJsonValue,
  )
  .map(([name, value]) => `${name}:${value}`);
