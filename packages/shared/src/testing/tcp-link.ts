import type { Socket } from 'node:net';

/** Two connections whose bytes are passed on to each other. */
export interface TcpLink {
  /** The client's first bytes. */
  startup: () => string;
  /** Holds what comes from either side, and closes, from now on. */
  silence: () => void;
  /** Passes on what was held. */
  hearAgain: () => void;
  destroy: () => void;
}

interface LinkEvents {
  /** Something came from the server, and is forwarded unless the link is silent after this. */
  onPiece: () => void;
  onEnd: (link: TcpLink) => void;
}

/** Forwards between a client and a server until either closes. */
export function forward(client: Socket, server: Socket, { onPiece, onEnd }: LinkEvents): TcpLink {
  let startup = '';
  /** What was not forwarded; undefined while everything is. */
  let held: (() => void)[] | undefined;
  const passOn = (action: () => void): void => {
    if (held) held.push(action);
    else action();
  };
  const link: TcpLink = {
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
  server.on('data', (bytes) => {
    onPiece();
    passOn(() => client.write(bytes));
  });
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
