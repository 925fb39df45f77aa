/** How far a replica has come, by the primary's positions and the times they were asked at. */
export interface ReplayProgress {
  /** The primary was at `position` (bytes of its log) at `atMs` or later. */
  asked: (position: bigint, atMs: number) => void;
  /** The replica has replayed the log up to `position`. */
  replayed: (position: bigint) => void;
  /** Since it has shown all that the primary had committed, in ms; undefined while it has not come to any position known. */
  behindMs: (nowMs: number) => number | undefined;
}

/**
 * Remembers where the primary was and when, for `keepMs`: a replica that is always half a second behind never is where
 * the primary is now, and always where it was half a second ago. Reads no clock.
 */
export function createReplayProgress(keepMs: number): ReplayProgress {
  let known: { position: bigint; atMs: number }[] = []; // the oldest first
  let caughtUpAtMs: number | undefined;
  return {
    asked(position, atMs) {
      // Who has come to a position has seen everything up to the last time the primary still was there.
      if (known.at(-1)?.position === position) known.pop();
      known.push({ position, atMs });
      known = known.filter((pair) => pair.atMs >= atMs - keepMs);
    },
    replayed(position) {
      const reached = known.findLast((pair) => pair.position <= position);
      if (reached) caughtUpAtMs = Math.max(reached.atMs, caughtUpAtMs ?? reached.atMs);
    },
    behindMs: (nowMs) => (caughtUpAtMs === undefined ? undefined : nowMs - caughtUpAtMs),
  };
}
