import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The open connections of a server, each with the responses that its client still waits for, oldest first. */
export type Connections = ReadonlyMap<Duplex, ReadonlySet<ServerResponse>>;

/** Returns the connections of `server`, from before it listens. */
export function trackConnections(server: Server): Connections {
  const connections = new Map<Duplex, Set<ServerResponse>>();
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    const responses = connections.get(req.socket);
    responses?.add(res);
    res.once('close', () => responses?.delete(res));
  };
  server.on('connection', (socket) => {
    connections.set(socket, new Set());
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', onRequest);
  server.on('checkExpectation', onRequest); // comes in place of `request`
  return connections;
}

/** The response that a connection sends now, or next. */
export function responseOn(connections: Connections, socket: Duplex): ServerResponse | undefined {
  const [oldest] = connections.get(socket) ?? [];
  return oldest;
}
