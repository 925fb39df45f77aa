import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { responseOn, trackConnections } from './connections.ts';

const listener: RequestListener = (_req, res) => void responses.push(res);
const responses: ServerResponse[] = [];
const server = createServer(listener).on('checkExpectation', listener);
const connections = trackConnections(server);

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

test('a connection waits for the response to its oldest request, until the client leaves', async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await once(server, 'connection');
  expect(responseOn(connections, socket)).toBeUndefined();

  client.write('GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\nexpect: the unexpected\r\n\r\n');
  await eventually(() => expect(responses).toHaveLength(2));
  const [first, second] = responses;
  expect(responseOn(connections, socket)).toBe(first);
  first?.end();
  await eventually(() => expect(responseOn(connections, socket)).toBe(second));
  second?.end();
  await eventually(() => expect(responseOn(connections, socket)).toBeUndefined());

  client.destroy();
  await eventually(() => expect(connections.size).toBe(0));
});
