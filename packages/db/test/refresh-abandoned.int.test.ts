import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { connectClient } from '../src/connection/session-settings.ts';
import { WHEN_ABANDONED } from '../src/refresh/refresh.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;
let closeRelay = () => {};

beforeEach(async () => {
  fixture = await createFixture();
});

afterEach(async () => {
  closeRelay();
  await fixture.close();
});

test('the session of a refresh that takes no more of the rows it asked for ends, and its locks with it', async () => {
  const { pool } = fixture;
  const connectionString = await startRelay(fixture.connectionString, 1_000_000);
  const abandoned = await connectClient({ connectionString, application_name: 'abandoned' }, WHEN_ABANDONED);
  await abandoned.query('select pg_advisory_lock(1)');
  // More than the sockets of both sides hold, so that the server waits until the rest is taken.
  void abandoned.query("select repeat('x', 1000000) from generate_series(1, 50)").catch(() => {});
  await eventually(async () => {
    const { rows } = await pool.query("select wait_event from pg_stat_activity where application_name = 'abandoned'");
    expect(rows).toEqual([{ wait_event: 'ClientWrite' }]);
  });
  await eventually(
    async () => {
      const { rows } = await pool.query('select pg_try_advisory_xact_lock(1) as taken');
      expect(rows).toEqual([{ taken: true }]);
    },
    { timeoutMs: 35_000 },
  );
}, 120_000);

/** Forwards to the server, but takes no more from it after `limitBytes`, as a process that is stopped does. */
async function startRelay(serverUrl: string, limitBytes: number) {
  const url = new URL(serverUrl);
  const { port, hostname } = url;
  const closes: (() => void)[] = [];
  const relay = createServer((client) => {
    const server = connect(Number(port), hostname);
    let receivedBytes = 0;
    server.on('data', (bytes) => {
      receivedBytes += bytes.length;
      if (receivedBytes > limitBytes) server.pause();
      else client.write(bytes);
    });
    client.on('data', (bytes) => server.write(bytes));
    for (const socket of [client, server]) socket.on('error', () => {});
    closes.push(() => {
      client.destroy();
      server.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  url.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  closeRelay = () => {
    relay.close();
    for (const close of closes) close();
  };
  return url.href;
}
