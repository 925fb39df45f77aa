import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Connections that may wait to be accepted: of a burst of 10,000, those above Node's 511 could not connect. */
const BACKLOG = 4_096;

/** Listens, and returns the port. @throws Error where another process has it */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  server.listen({ port, host, backlog: BACKLOG });
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is taken. Stop what uses it, or set PORT to another port.`, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}
