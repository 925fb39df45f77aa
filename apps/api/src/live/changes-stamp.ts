import { listChanges, type Pool, toChangesCursor } from '@messaging/db';
import { waitAtMost } from '@messaging/shared';
import type { ChangesStamp } from '../pages/changes-cursor.ts';
import { createSharedReads } from '../pages/shared-reads.ts';

/** How long the name of the feed is believed: it changes when data is replaced, or another server takes over. */
const NAME_MS = 1_000;
/** How old it may be while it is read anew, and how long a page waits for one. */
const [OLD_NAME_MS, READ_MS] = [10_000, 1_000];

/**
 * Makes the cursors of pages. The name of the feed in them may be older than the rows, never newer: nobody goes on in data that
 * replaced what it has read.
 */
export function createChangesStamp(changesDb: Pool): ChangesStamp {
  const share = createSharedReads<void>();
  let known: { name: string; readAtMs: number } | undefined;
  const read = () =>
    share('', async () => {
      const readAtMs = performance.now();
      const { feed } = (await listChanges(changesDb, null)).position;
      known = { name: feed, readAtMs };
    }).catch(() => {}); // the feed cannot be read now
  return async () => {
    const ageMs = performance.now() - (known?.readAtMs ?? Number.NEGATIVE_INFINITY);
    if (ageMs > NAME_MS) {
      const reading = read();
      // A name that is older is safe; only a reader that follows from it may have to begin anew.
      if (ageMs > OLD_NAME_MS) await waitAtMost(READ_MS, reading, undefined);
    }
    if (known === undefined) return () => undefined;
    const [feed, takenAtMs] = [known.name, Date.now()];
    return (snapshot) => toChangesCursor({ feed, snapshot, takenAtMs });
  };
}
