import type { Schemas } from './client.ts';
import { FollowError, type FollowTarget, readEvents } from './read-events.ts';

/** How to follow the live changes. */
export interface FollowOptions extends FollowTarget {
  /**
   * Reads anew what is shown, and returns the `Changes-Cursor` of that answer. It is called first, unless there is `after`, and again
   * where a cursor is not known any more.
   */
  readAnew: () => Promise<string>;
  /** The cursor of what is shown already. */
  after?: string;
  /** Called with true when changes begin to arrive, and with false when they stop. */
  onConnection?: (isConnected: boolean) => void;
}

/** Changes that belong together, and the cursor after them. */
export interface FollowedChanges {
  changes: Schemas['Change'][];
  cursor: string;
}

const [LEAST_PAUSE_MS, MOST_PAUSE_MS] = [500, 30_000];

/**
 * Yields which conversations change, until `signal` aborts. It connects again by itself, after pauses that grow and differ from client
 * to client, and goes on where it was: nothing is missed, and a change can come twice. An error of `readAnew` is tried again too.
 * @throws FollowError for a request that is refused for good, such as one without a key
 */
export async function* followChanges(options: FollowOptions): AsyncGenerator<FollowedChanges> {
  const { signal, readAnew, onConnection = () => {} } = options;
  let cursor = options.after;
  for (let failures = 0; !signal.aborted; failures += 1) {
    let error: unknown;
    try {
      cursor ??= await readAnew();
      if (cursor === '') throw new FollowError('unavailable', 'The list had no Changes-Cursor: a replica answered.');
      for await (const batch of batches(options, cursor)) {
        if (failures !== -1) onConnection(true);
        failures = -1;
        cursor = batch.cursor;
        if (batch.changes.length > 0) yield batch;
      }
    } catch (caught) {
      error = caught;
      if (cursor === '') cursor = undefined;
    }
    if (signal.aborted) return;
    if (failures === -1) onConnection(false);
    if (error instanceof FollowError) {
      if (error.reason === 'refused') throw error;
      if (error.reason === 'expired') cursor = undefined;
    }
    const base = Math.min(MOST_PAUSE_MS, LEAST_PAUSE_MS * 2 ** Math.max(0, failures));
    await pause(base * (0.5 + Math.random() / 2), signal);
  }
}

/** All but the last event of a batch have the cursor before it, or none. */
async function* batches(target: FollowTarget, after: string): AsyncGenerator<FollowedChanges> {
  let cursor = after;
  let changes: Schemas['Change'][] = [];
  for await (const { event, id, data } of readEvents(target, after)) {
    if (event === 'reset') throw new FollowError('expired', 'The cursor is not known any more.');
    if (event === 'change') changes.push(JSON.parse(data));
    if (id === undefined || id === cursor) continue;
    cursor = id;
    yield { changes, cursor };
    changes = [];
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(stop, durationMs);
    signal.addEventListener('abort', stop);
  });
}
