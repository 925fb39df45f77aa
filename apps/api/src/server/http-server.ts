import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ProblemCode, toProblem } from '@messaging/shared';
import { closeServer } from './close-server.ts';
import { type Connections, responseOn, trackConnections } from './connections.ts';
import { answerHalfClosed } from './half-closed.ts';

/** Limits of the connections; the time of a body is in access/body-time.ts. */
export interface ServerLimits {
  maxConnections: number;
  headersTimeoutMs: number;
  bodyTimeoutMs: number;
  keepAliveTimeoutMs: number;
}

const MAX_HEADER_BYTES = 16_384;
/** A client that takes nothing of its answer for this long is gone, unless it may have to wait longer for it. */
const STALLED_TIMEOUT_MS = 120_000;
/** Beside its statements, a request waits for connections, and for an answer from a connection that has fallen silent. */
const WAITING_MS = 30_000;
const LINGER_MS = 1_000;
/** CONNECT names no path: these are the methods of all that there are. */
const ALLOW = ['Allow: GET, HEAD, POST, OPTIONS'];

/**
 * When to close a connection on which nothing moves: not while a search runs its two statements, nor before a body that
 * pauses is answered, after twice its time at most.
 */
const stalledTimeoutMs = (bodyTimeoutMs: number, longestStatementMs: number): number =>
  Math.max(STALLED_TIMEOUT_MS, 2 * Math.max(bodyTimeoutMs, longestStatementMs) + WAITING_MS);

/** Builds the HTTP server: slow or malformed requests are answered here, because no route ever sees them. */
export function createHttpServer(
  limits: ServerLimits,
  longestStatementMs: number,
  listener: RequestListener,
): { server: Server; close: () => Promise<void> } {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: 0, // an import takes as long as it flows
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(limits.headersTimeoutMs / 4, 5_000),
      requireHostHeader: false, // Node's answer would have no body: see access/request-limits.ts
    },
    listener,
  );
  const connections = trackConnections(server);
  answerHalfClosed(server, connections);
  server.maxConnections = limits.maxConnections;
  server.timeout = stalledTimeoutMs(limits.bodyTimeoutMs, longestStatementMs);
  server.on('checkExpectation', listener); // what we do not know may be ignored; Node would answer without a body
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    answerMalformed(connections, error.code ?? '', socket),
  );
  server.on('connect', (_req, socket) =>
    answerRaw(socket, 'method_not_allowed', 'CONNECT is not allowed here.', ALLOW),
  );
  return { server, close: () => closeServer(server, connections) };
}

function answerMalformed(connections: Connections, code: string, socket: Duplex): void {
  // An answer under way must not get another into it, and one that is gone gets none.
  const underWay = responseOn(connections, socket)?.headersSent;
  if (code === 'ECONNRESET' || !socket.writable || underWay) {
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    const detail = `The headers are larger than ${MAX_HEADER_BYTES} bytes.`;
    answerRaw(socket, 'headers_too_large', detail);
  } else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    answerRaw(socket, 'request_timeout', 'The request took too long to arrive.');
  } else {
    answerRaw(socket, 'invalid_input', 'The request is malformed: it is not HTTP that can be read.');
  }
}

/** One problem on a bare connection, which is closed after it. */
function answerRaw(socket: Duplex, code: ProblemCode, detail: string, headers: string[] = []): void {
  const requestId = randomUUID();
  const problem = toProblem(code, detail, requestId);
  const body = JSON.stringify(problem);
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    ...headers,
  ];
  socket.on('error', () => {}); // the client may be gone
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // Closed at once, what the client still sends would be answered with a reset, which can overtake our answer.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
