import { once } from 'node:events';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import type { Running } from '../release-stack.ts';

/** A TCP proxy in front of a server; `close` closes its connections, too. */
export interface TcpProxy extends Running {
  port: number;
  /** The URL of a server with the proxy's address in place of its own. */
  urlFor: (serverUrl: string) => string;
  /**
   * Stops forwarding on the connections that are open now, in both directions, and closes none: what a dropped route
   * looks like. With `startupText`, only on those whose first bytes contain it (PostgreSQL's have the application's name).
   */
  silence: (startupText?: string) => number;
  /** As `silence`, as soon as so many pieces from the server were forwarded in all; no later connection gets another. */
  silenceAfter: (pieces: number) => void;
  /** Closes every connection and refuses new ones. */
  refuse: () => void;
  /** Takes new connections again, to `port` if given. */
  restore: (port?: number) => void;
}

/** Forwards to `port` on `host`. */
export async function startTcpProxy(port: number, host = '127.0.0.1'): Promise<TcpProxy> {
  const links = new Set<Link>();
  let target: number | undefined = port;
  let piecesLeft = Number.POSITIVE_INFINITY;
  const onPiece = () => {
    piecesLeft -= 1;
    if (piecesLeft < 0) for (const link of links) link.silence();
  };
  const server = createServer((client) => {
    if (target === undefined) client.destroy();
    else links.add(forward(client, openSocket(target, host), { onPiece, onEnd: (link) => links.delete(link) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ownPort = (server.address() as { port: number }).port;
  return {
    port: ownPort,
    urlFor(serverUrl) {
      const url = new URL(serverUrl);
      url.host = `127.0.0.1:${ownPort}`;
      return url.href;
    },
    silence(startupText = '') {
      const chosen = [...links].filter((link) => link.startup().includes(startupText));
      for (const link of chosen) link.silence();
      return chosen.length;
    },
    silenceAfter(pieces) {
      piecesLeft = pieces;
    },
    refuse() {
      target = undefined;
      for (const link of links) link.destroy();
    },
    restore(newPort = port) {
      target = newPort;
    },
    async close() {
      for (const link of links) link.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Link {
  startup: () => string;
  silence: () => void;
  destroy: () => void;
}

interface LinkEvents {
  /** Something came from the server, and is forwarded unless the link is silent after this. */
  onPiece: () => void;
  onEnd: (link: Link) => void;
}

function forward(client: Socket, server: Socket, { onPiece, onEnd }: LinkEvents): Link {
  let startup = '';
  let isSilent = false;
  const link: Link = {
    startup: () => startup,
    silence() {
      isSilent = true;
    },
    destroy() {
      client.destroy();
      server.destroy();
    },
  };
  client.on('data', (bytes) => {
    startup ||= bytes.toString('latin1');
    if (!isSilent) server.write(bytes);
  });
  server.on('data', (bytes) => {
    onPiece();
    if (!isSilent) client.write(bytes);
  });
  for (const [socket, other] of [
    [client, server],
    [server, client],
  ] as const) {
    socket.on('error', () => {}); // its close follows
    socket.on('close', () => {
      if (isSilent) return; // nobody hears of it
      other.destroy();
      onEnd(link);
    });
  }
  return link;
}
