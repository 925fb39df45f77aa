import { once } from 'node:events';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import { onCleanUp } from './clean-up.ts';

/** A TCP proxy in front of a server. */
export interface Proxy {
  port: number;
  /** The URL of a server with the proxy's address in place of its own. */
  urlFor: (serverUrl: string) => string;
  /**
   * Stops forwarding on the connections that are open now, in both directions, and closes none: what a dropped route
   * looks like. With `startupText`, only on those whose first bytes contain it (PostgreSQL's have the application's name).
   */
  silence: (startupText?: string) => number;
  /** Ends a silence as a route that is back does: what was sent or closed meanwhile arrives late. */
  hearAgain: () => void;
  /** Closes every connection and refuses new ones. */
  refuse: () => void;
  /** Takes new connections again, to `port` if given. */
  restore: (port?: number) => void;
}

/** Forwards to `port` on `host`. */
export async function startProxy(port: number, host = '127.0.0.1'): Promise<Proxy> {
  const links = new Set<Link>();
  let target: number | undefined = port;
  const server = createServer((client) => {
    if (target === undefined) client.destroy();
    else links.add(forward(client, openSocket(target, host), (link) => links.delete(link)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ownPort = (server.address() as { port: number }).port;
  onCleanUp(async () => {
    for (const link of links) link.destroy();
    server.close();
    await once(server, 'close');
  });
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
    hearAgain() {
      for (const link of links) link.hearAgain();
    },
    refuse() {
      target = undefined;
      for (const link of links) link.destroy();
    },
    restore(newPort = port) {
      target = newPort;
    },
  };
}

interface Link {
  startup: () => string;
  silence: () => void;
  hearAgain: () => void;
  destroy: () => void;
}

function forward(client: Socket, server: Socket, onEnd: (link: Link) => void): Link {
  let startup = '';
  /** What was not forwarded; undefined while everything is. */
  let held: (() => void)[] | undefined;
  const passOn = (action: () => void): void => {
    if (held) held.push(action);
    else action();
  };
  const link: Link = {
    startup: () => startup,
    silence() {
      held ??= [];
    },
    hearAgain() {
      const late = held ?? [];
      held = undefined;
      for (const action of late) action();
    },
    destroy() {
      client.destroy();
      server.destroy();
    },
  };
  client.on('data', (bytes) => {
    startup ||= bytes.toString('latin1');
    passOn(() => server.write(bytes));
  });
  server.on('data', (bytes) => passOn(() => client.write(bytes)));
  for (const [socket, other] of [
    [client, server],
    [server, client],
  ] as const) {
    socket.on('error', () => {}); // its close follows
    socket.on('close', () =>
      passOn(() => {
        other.destroySoon(); // after what came before
        onEnd(link);
      }),
    );
  }
  return link;
}
