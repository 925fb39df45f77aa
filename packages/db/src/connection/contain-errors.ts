import type { Duplex } from 'node:stream';
import type pg from 'pg';

/**
 * What is thrown while a response of the server is read fails the statement that waits for it, and closes the connection.
 * It is read in an event of the socket, so without this the exception would reach nobody and end the process, with all
 * other requests. A value of more than 512 MiB is such a case: V8 cannot make a string of it.
 */
export function containErrors(client: pg.ClientBase): void {
  const { stream } = (client as pg.Client).connection as pg.Connection & { stream: Duplex };
  const emit = stream.emit.bind(stream);
  stream.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...values);
    try {
      return emit(event, ...values);
    } catch (error) {
      stream.destroy(error as Error);
      return true;
    }
  };
}
