import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toCopyChunks } from '../connection/copy.ts';
import { messageLine } from './copy-format.ts';
import { generateMessages } from './generate.ts';

const message = {
  id: 7,
  contactId: 3,
  content: 'hello',
  createdAt: '2025-01-02T03:04:05.000006Z',
  direction: 'inbound',
} as const;

test('writes a row as COPY reads it', () => {
  expect(messageLine(message)).toBe('7\t3\thello\t2025-01-02T03:04:05.000006Z\tinbound\n');
  expect(messageLine({ ...message, content: 'C:\\new\ttab\r\nend' })).toBe(
    '7\t3\tC:\\\\new\\ttab\\r\\nend\t2025-01-02T03:04:05.000006Z\tinbound\n',
  );
});

test('keeps any text within its field', () => {
  const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('\\', '\t', '\n', '\r', 'N', '.') }),
      (one, two) => {
        const content = one + two;
        const fields = messageLine({ ...message, content })
          .slice(0, -1)
          .split('\t');
        expect(fields).toHaveLength(5);
        expect(fields[2]).not.toMatch(/[\n\r]/);
        expect(fields[2]?.replace(/\\(.)/g, (_, symbol: string) => escapes[symbol] ?? '?')).toBe(content);
      },
    ),
  );
});

test('gives every byte of every row, in chunks of bounded size, and counts the rows', async () => {
  const size = { contacts: 100, messages: 20_000, seed: 1 };
  let rowsSoFar = 0;
  const chunks = await collect(
    toCopyChunks(generateMessages(size), messageLine, (rows) => {
      rowsSoFar = rows;
    }),
  );

  const whole = Buffer.concat(chunks).toString();
  expect(whole).toBe([...generateMessages(size)].map(messageLine).join(''));
  expect(rowsSoFar).toBe(size.messages);
  expect(chunks.length).toBeGreaterThan(5);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(128 * 1_024);
});

test('takes a row that is larger than a chunk', async () => {
  const content = 'é'.repeat(300_000);
  const chunks = await collect(toCopyChunks([message, { ...message, content }, message], messageLine));
  expect(Buffer.concat(chunks).toString()).toBe(
    messageLine(message) + messageLine({ ...message, content }) + messageLine(message),
  );
});

test('gives the same bytes for the same seed, others for another', async () => {
  const hash = async (seed: number) => {
    const digest = createHash('sha256');
    const rows = generateMessages({ contacts: 50, messages: 5_000, seed });
    for await (const chunk of toCopyChunks(rows, messageLine)) digest.update(chunk);
    return digest.digest('hex');
  };
  expect(await hash(1)).toBe(await hash(1));
  expect(await hash(1)).not.toBe(await hash(2));
});

test('gives nothing for no rows', async () => {
  expect(await collect(toCopyChunks([], messageLine))).toEqual([]);
});

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return chunks;
}
