import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Connections, responseOn } from './connections.ts';

/** Most requests are answered sooner. Then the time doubles: a client has to pass over each interim response. */
const FIRST_CHECK_MS = 1_000;

/**
 * Answers clients that close their sending side after the request and go on reading, as `nc -N` does: a FIN says that
 * nothing more is sent, not that nobody waits. A client that has gone altogether looks the same until something is sent to
 * it, which is when its machine responds with a reset. So a request that takes long is given an interim response (100), for
 * a search to be cancelled once nobody waits for it. An idle connection is closed with its client's side.
 */
export function answerHalfClosed(server: Server, connections: Connections): void {
  Object.assign(server, { httpAllowHalfOpen: true }); // its type has been forgotten
  server.on('connection', (socket: Socket) => {
    socket.once('end', () => checkLater(connections, socket, FIRST_CHECK_MS));
  });
}

function checkLater(connections: Connections, socket: Socket, waitMs: number): void {
  if (!responseOn(connections, socket)) return;
  setTimeout(() => {
    const response = responseOn(connections, socket);
    if (!response || socket.destroyed) return;
    // HTTP/1.0 knows no interim response; what is being sent already finds out by itself.
    if (response.req.httpVersion === '1.1' && !response.headersSent) response.writeContinue();
    checkLater(connections, socket, 2 * waitMs);
  }, waitMs).unref();
}
