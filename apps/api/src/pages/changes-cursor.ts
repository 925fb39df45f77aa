import type { Response } from 'express';

/**
 * Knows the cursor from which the changes of a page can be followed. Call it before the rows are read on the primary: it returns
 * what makes the cursor for their snapshot. There is none while the feed cannot be read.
 */
export type ChangesStamp = () => Promise<(snapshot: string) => string | undefined>;

/** Tells from where the changes of what was read go on. A replica that was read knows no such place. */
export function setChangesCursor(res: Response, cursor: string | undefined): void {
  if (cursor !== undefined) res.setHeader('Changes-Cursor', cursor);
}
