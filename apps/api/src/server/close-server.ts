import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How often connections are looked through that have become idle since. */
const POLL_INTERVAL_MS = 250;
/** How long a request that has begun to arrive may take to have its headers there. */
const HEADERS_MS = 2_000;

/**
 * Returns how to close `server`, from before it listens: it stops accepting, and resolves when the requests under way are
 * answered. Node closes those connections that are idle at that moment: not one that becomes idle later, nor one on which
 * nothing was ever asked, whose time it does not look at any more.
 */
export function createServerCloser(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    const startedMs = performance.now();
    const closeUnused = (): void => {
      server.closeIdleConnections();
      const isLate = performance.now() - startedMs > HEADERS_MS;
      for (const socket of sockets) if (!hasRequest(socket) && (isLate || socket.bytesRead === 0)) socket.destroy();
    };
    server.close();
    closeUnused();
    const looking = setInterval(closeUnused, POLL_INTERVAL_MS);
    await closed.finally(() => clearInterval(looking));
  };
}

/** Whether there is a request on it that came to us. */
const hasRequest = (socket: Socket): boolean => Boolean((socket as { _httpMessage?: unknown })._httpMessage);
