import type { Duplex } from 'node:stream';
import type pg from 'pg';

/**
 * An exception that is thrown while a server response is parsed fails the waiting statement and closes the connection.
 * The parser runs in a socket event. Without this, nothing would catch the exception, and it would end the process with
 * all other requests. Example: a value of more than 512 MiB, which V8 cannot turn into a string.
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
