import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './connections.ts';

/** How often we look for connections that have become idle since. */
const LOOK_EVERY_MS = 250;
/** How long a request that has begun to arrive may take until its headers are complete. */
const HEADERS_MS = 2_000;

/**
 * Stops accepting connections, and resolves when the requests under way are answered. Node closes the connections that are
 * idle at that moment. It does not close one that becomes idle later, nor one on which no request ever came.
 */
export async function closeServer(server: Server, connections: Connections): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  const startedMs = performance.now();
  const closeUnused = (): void => {
    server.closeIdleConnections();
    const isLate = performance.now() - startedMs > HEADERS_MS;
    for (const [socket, responses] of connections)
      if (responses.size === 0 && (isLate || (socket as Socket).bytesRead === 0)) socket.destroy();
  };
  server.close();
  closeUnused();
  const looking = setInterval(closeUnused, LOOK_EVERY_MS);
  await closed.finally(() => clearInterval(looking));
}
