import type { Socket } from 'node:net';

/** Two connections that forward their bytes to each other. */
export interface TcpLink {
  /** The client's first bytes. */
  startup: () => string;
  /** From now on, holds back data and close events of both sides. */
  silence: () => void;
  /** Forwards what was held back. */
  hearAgain: () => void;
  destroy: () => void;
}

interface LinkEvents {
  /** Called when data arrives from the server. It is forwarded unless the link is silent afterwards. */
  onPiece: () => void;
  onEnd: (link: TcpLink) => void;
}

/** Forwards between a client and a server until either closes. */
export function forward(client: Socket, server: Socket, { onPiece, onEnd }: LinkEvents): TcpLink {
  let startup = '';
  /** The events that were held back; undefined while everything is forwarded. */
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
    socket.on('error', () => {}); // its close event follows
    socket.on('close', () =>
      passOn(() => {
        other.destroySoon(); // after the data that was sent before
        onEnd(link);
      }),
    );
  }
  return link;
}
