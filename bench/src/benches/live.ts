import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bench } from '../context.ts';
import { measureCommands } from '../http/load.ts';
import { readProcessorMs } from '../processor-time.ts';
import { atLeast, atMost, format, type Row } from '../row.ts';
import { median, type Sample, toFigure, toSample } from '../stats.ts';
import { withClient } from './with-client.ts';

const READERS = [1, 100, 1_000];
const WRITES_PER_SECOND = 50;
const LIMIT_MS = 300;
const IDLE_RATIO = 1.2;
const SEND_RATIO = 0.97;

/** From the commit of a message to each reader of the live changes; what idle readers cost; and what a reader costs a writer. */
export async function benchLive(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of READERS) rows.push(await benchDelivery(bench, count));
  return [...rows, await benchIdle(bench), await benchSending(bench)];
}

type OnMessage = (lastMessageId: number) => void;

/** Opens streams, and resolves when each has begun. The caller closes them. */
async function openReaders(
  origin: string,
  count: number,
  onMessage: OnMessage = () => {},
): Promise<{ close: () => void }> {
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const responses = await Promise.all(
    Array.from({ length: count }, () => {
      const options = { agent, headers: { accept: 'text/event-stream' } };
      return new Promise<IncomingMessage>((resolve, reject) => {
        get(`${origin}/api/changes`, options, (response) => {
          response.setEncoding('utf8').on('data', (text: string) => {
            for (const [, id] of text.matchAll(/"lastMessageId":(\d+)/g)) onMessage(Number(id));
          });
          response.on('error', () => {}); // we end it ourselves
          resolve(response);
        }).on('error', reject);
      });
    }),
  );
  return {
    close() {
      for (const response of responses) response.destroy();
    },
  };
}

async function benchDelivery({ api, data, options }: Bench, count: number): Promise<Row> {
  const committedMs = new Map<number, number>();
  const early: [id: number, atMs: number][] = [];
  const delaysMs: number[] = [];
  const readers = await openReaders(api.origin, count, (id) => {
    const atMs = performance.now();
    const knownMs = committedMs.get(id);
    if (knownMs === undefined) early.push([id, atMs]);
    else delaysMs.push(atMs - knownMs);
  });
  const seconds = options.isQuick ? 2 : 10;
  await withClient(data.connectionString, async (db) => {
    const startedMs = performance.now();
    for (let sent = 0; sent < seconds * WRITES_PER_SECOND; sent++) {
      const dueMs = startedMs + (sent * 1_000) / WRITES_PER_SECOND;
      if (dueMs > performance.now()) await wait(dueMs - performance.now());
      // Each contact once, because a conversation that changes twice between two questions is sent once.
      const { rows } = await db.query<{ id: number }>(
        "insert into messages (contact_id, content) values ($1, 'live') returning id::float8 as id",
        [1 + ((sent * 97) % data.contacts)],
      );
      committedMs.set(rows[0]?.id ?? 0, performance.now());
    }
    await wait(1_000);
  });
  readers.close();
  for (const [id, atMs] of early) delaysMs.push(Math.max(0, atMs - (committedMs.get(id) ?? atMs)));
  const missing = seconds * WRITES_PER_SECOND * count - delaysMs.length;
  const sample = toSample(delaysMs, seconds * 1_000, missing);
  const checks = [atMost(sample.p95Ms, LIMIT_MS, 'ms p95'), atMost(missing, 0, 'missed')];
  return {
    bench: 'live',
    what: `commit to reader, ${count} readers, ${WRITES_PER_SECOND} writes/s`,
    figure: toFigure([sample]),
    checks,
  };
}

/** The processor time of PostgreSQL for the connections of the live changes, with a thousand readers and with one. */
async function benchIdle({ api, data, options }: Bench): Promise<Row> {
  const seconds = options.isQuick ? 1 : 5;
  const measure = async (count: number) => {
    const readers = await openReaders(api.origin, count);
    await wait(500);
    const pids = await withClient(data.connectionString, async (db) => {
      const text = "select pid from pg_stat_activity where application_name = 'messaging-changes'";
      return (await db.query<{ pid: number }>(text)).rows.map(({ pid }) => pid);
    });
    const beforeMs = await readProcessorMs(pids);
    await wait(seconds * 1_000);
    const spentMs = (await readProcessorMs(pids)) - beforeMs;
    readers.close();
    await wait(500);
    return spentMs / seconds;
  };
  const one: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    one.push(await measure(1));
    many.push(await measure(1_000));
  }
  const ratio = median(many) / median(one);
  const value = `${format(median(many))} ms/s of PostgreSQL, with one reader ${format(median(one))}`;
  return { bench: 'live', what: '1,000 idle readers', value, checks: [atMost(ratio, IDLE_RATIO, '× one reader')] };
}

/** `send-message` over HTTP with one reader and without, in turn. */
async function benchSending({ api, data, options }: Bench): Promise<Row> {
  let number = 0;
  const body = () => {
    number = (number + 7_919) % data.contacts; // a prime: contacts in scattered order
    return { body: { contactId: number + 1, content: 'live' } };
  };
  const load = { connections: 4, seconds: options.roundSeconds };
  const measure = () => measureCommands(api.origin, '/api/commands/send-message', body, load);
  await measure();
  const [alone, followed]: [Sample[], Sample[]] = [[], []];
  for (let round = 0; round < options.rounds; round++) {
    alone.push(await measure());
    const readers = await openReaders(api.origin, 1);
    followed.push(await measure());
    readers.close();
  }
  const ratio = median(followed.map(({ perSecond }, round) => perSecond / (alone[round]?.perSecond ?? Number.NaN)));
  const checks = [atLeast(ratio, SEND_RATIO, '× without a reader')];
  return { bench: 'live', what: 'send-message over HTTP, with a reader', figure: toFigure(followed), checks };
}
