import { listChanges, type Pool, toChangesCursor } from '@messaging/db';
import type { ChangesStamp } from '../pages/changes-cursor.ts';
import { createSharedReads } from '../pages/shared-reads.ts';

/** How long the name of the feed is believed: it changes when data is replaced, or another server takes over. */
const NAME_MS = 1_000;

/**
 * Makes the cursors of pages. The name of the feed in them may be older than the rows, never newer: nobody goes on in data that
 * replaced what it has read.
 */
export function createChangesStamp(changesDb: Pool): ChangesStamp {
  const share = createSharedReads<string>();
  let known = { name: '', untilMs: 0 };
  return async () => {
    if (Date.now() > known.untilMs) {
      const beganAtMs = Date.now();
      const name = await share('', async () => (await listChanges(changesDb, null)).position.feed).catch(
        () => undefined,
      );
      if (name === undefined) return () => undefined;
      known = { name, untilMs: beganAtMs + NAME_MS };
    }
    const [feed, takenAtMs] = [known.name, Date.now()];
    return (snapshot) => toChangesCursor({ feed, snapshot, takenAtMs });
  };
}
