import { Transform } from 'node:stream';

/** An export holds a snapshot, which keeps PostgreSQL from vacuuming. So a client may pause for this long, and not longer. */
const PATIENCE_MS = 300_000;

/** Passes bytes on. Fails if nobody takes any for five minutes; the client can go on with `after`. */
export function endStalled(patienceMs = PATIENCE_MS): Transform {
  const stalled = () => stream.destroy(new Error('the client has stopped reading'));
  let timer = setTimeout(stalled, patienceMs);
  const stream = new Transform({
    transform(chunk, _encoding, callback) {
      clearTimeout(timer);
      timer = setTimeout(stalled, patienceMs);
      callback(null, chunk);
    },
    destroy(error, callback) {
      clearTimeout(timer);
      callback(error);
    },
    flush(callback) {
      clearTimeout(timer);
      callback();
    },
  });
  return stream;
}
