import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import {
  type CollectedSpan,
  createFaultDatabase,
  startApi,
  startTraceCollector,
  startWorker,
  type TraceCollector,
} from './faults/harness/index.ts';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where there are containers
const redisUrl = process.env.TEST_REDIS_URL;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER = `00-${TRACE_ID}-b7ad6b7169203331-01`;
/** Long after what a test looks at: what is not announced is found late, and by nobody's trace. */
const SWEEP_INTERVAL_MS = '600000';

async function startAll(collector: TraceCollector, settings: Record<string, string> = {}) {
  const database = await createFaultDatabase();
  const env = {
    DATABASE_URL: database.connectionString,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    QUEUE_PREFIX: `trace-${Date.now()}`,
    ...(redisUrl && { REDIS_URL: redisUrl }),
    ...settings,
  };
  const api = await startApi(env);
  const worker = await startWorker({ ...env, SWEEP_INTERVAL_MS });
  await database.untilViewIsCurrent();
  const send = (contactId: number, headers: Record<string, string> = {}) =>
    fetch(`${api.url}/api/commands/send-message`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ contactId, content: 'hello' }),
    });
  return { api, worker, database, send };
}

const untilCollected = ({ spans }: TraceCollector, name: string, traceId?: string): Promise<CollectedSpan> =>
  eventually(() => {
    const found = spans.find((span) => span.name === name && (traceId === undefined || span.traceId === traceId));
    if (!found) throw new Error(`no ${name} in ${JSON.stringify(spans.map((span) => [span.name, span.traceId]))}`);
    return found;
  });

test.each([
  ['a message', {}],
  ['a message with an Idempotency-Key', { 'idempotency-key': 'traced' }],
])(
  'one trace holds the request for %s, its command, the job and the refresh',
  async (_what, headers) => {
    const collector = await startTraceCollector();
    const { send, database } = await startAll(collector);
    expect((await send(1, { traceparent: CALLER, ...headers })).status).toBe(201);
    const request = await untilCollected(collector, 'POST /api/commands/send-message', TRACE_ID);
    const command = await untilCollected(collector, 'command send-message', TRACE_ID);
    const job = await untilCollected(collector, 'queue refresh', TRACE_ID);
    const refresh = await untilCollected(collector, 'refresh recent_conversations', TRACE_ID);
    await database.untilViewIsCurrent();

    expect(request).toMatchObject({
      service: 'messaging-api',
      parentSpanId: 'b7ad6b7169203331',
      attributes: { 'http.route': '/api/commands/send-message', 'http.response.status_code': 201 },
    });
    expect(command).toMatchObject({ service: 'messaging-api', parentSpanId: request.spanId });
    expect(job).toMatchObject({ service: 'messaging-worker', parentSpanId: command.spanId });
    expect(refresh).toMatchObject({
      service: 'messaging-worker',
      parentSpanId: job.spanId,
      attributes: { 'messaging.via': 'queue', 'messaging.refresh_skipped': false },
    });
  },
  120_000,
);

test('requests have a trace of their own without a caller’s, searches say how they were answered, probes have none', async () => {
  const collector = await startTraceCollector();
  const { api } = await startAll(collector);
  await api.get('/livez');
  await api.get('/api/conversations?searchValue=contact');
  await api.get('/api/contacts/999999');
  await fetch(`${api.url}/api/nothing`, { headers: { traceparent: 'nonsense' } });
  const list = await untilCollected(collector, 'GET /api/conversations');
  const search = await untilCollected(collector, 'search', list.traceId);
  expect(list.parentSpanId).toBeFalsy();
  expect(search.parentSpanId).toBe(list.spanId);
  expect(search.attributes['messaging.search_way']).toEqual(expect.any(String));
  const contact = await untilCollected(collector, 'GET /api/contacts/:contactId');
  expect(contact.traceId).not.toBe(list.traceId);
  await untilCollected(collector, 'GET unknown');
  expect(JSON.stringify(collector.spans)).not.toMatch(/livez|readyz|999999|searchValue/);
}, 120_000);

test('a trace that is not kept costs a write nothing, and its refresh comes all the same', async () => {
  const collector = await startTraceCollector();
  const { send, database } = await startAll(collector);
  const listener = await database.connect();
  const payloads: (string | undefined)[] = [];
  listener.on('notification', ({ payload }) => payloads.push(payload));
  await listener.query('listen conversation_changes');
  expect((await send(1, { traceparent: CALLER.replace(/01$/, '00') })).status).toBe(201);
  await database.untilViewIsCurrent();
  expect(payloads).toEqual(['']);
  expect((await send(2, { traceparent: CALLER })).status).toBe(201);
  await database.untilViewIsCurrent();
  await eventually(() => expect(payloads).toEqual(['', expect.stringContaining(TRACE_ID), '']));
  await untilCollected(collector, 'refresh recent_conversations', TRACE_ID);
}, 120_000);

test('a collector that is away is said once, and keeps nothing from working or closing', async () => {
  const collector = { url: 'http://127.0.0.1:9', spans: [] };
  const { api, worker, send, database } = await startAll(collector);
  expect((await send(1)).status).toBe(201);
  await database.untilViewIsCurrent();
  const lost = () => api.logLines().filter(({ dependency }) => dependency === 'trace collector');
  await eventually(() => expect(lost().map(({ msg }) => msg)).toEqual(['dependency lost']));
  expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
}, 120_000);

test('nothing is traced without the variables, or where they say so', async () => {
  const collector = await startTraceCollector();
  const { api, send, database } = await startAll(collector, { OTEL_SDK_DISABLED: 'true' });
  expect((await send(1, { traceparent: CALLER })).status).toBe(201);
  await database.untilViewIsCurrent();
  await api.stop(); // what there was would have been sent by then
  expect(api.logLines().filter(({ msg }) => msg === 'traces are sent')).toEqual([]);
  expect(collector.spans).toEqual([]);
}, 120_000);
