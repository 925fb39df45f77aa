import { once } from 'node:events';
import { createServer, connect as openSocket } from 'node:net';
import type { Running } from '../runtime/release-stack.ts';
import { forward, type TcpLink } from './tcp-link.ts';

/** A TCP proxy in front of a server. `close` also closes its connections. */
export interface TcpProxy extends Running {
  port: number;
  /** The URL of a server, with the proxy's address in place of its own. */
  urlFor: (serverUrl: string) => string;
  /**
   * Stops forwarding on the currently open connections, in both directions, without closing them, like a dropped
   * network route. With `startupText`, only on connections whose first bytes contain it (PostgreSQL's contain the
   * application name).
   */
  silence: (startupText?: string) => number;
  /**
   * Like `silence`, once this many chunks from the server have been forwarded in total. Later connections get no data
   * either.
   */
  silenceAfter: (pieces: number) => void;
  /** Ends a silence like a recovered route: what was sent or closed meanwhile arrives late. */
  hearAgain: () => void;
  /** Closes every connection and refuses new ones. */
  refuse: () => void;
  /** Accepts new connections again, to `port` if given. */
  restore: (port?: number) => void;
}

/** Forwards to `port` on `host`. */
export async function startTcpProxy(port: number, host = '127.0.0.1'): Promise<TcpProxy> {
  const links = new Set<TcpLink>();
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
    hearAgain() {
      piecesLeft = Number.POSITIVE_INFINITY;
      for (const link of links) link.hearAgain();
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
