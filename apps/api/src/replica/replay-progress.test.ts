import { expect, test } from '@jest/globals';
import { createReplayProgress } from './replay-progress.ts';

const KEEP_MS = 10_000;
const POLL_INTERVAL_MS = 250;

/** A primary that writes 1,000 bytes a millisecond, looked at for `lookedMs`; returns what each look found. */
function lookAt(replayedAt: (nowMs: number) => number, lookedMs = 30_000): (number | undefined)[] {
  const progress = createReplayProgress(KEEP_MS);
  const looks = Array.from({ length: lookedMs / POLL_INTERVAL_MS }, (_, at) => at * POLL_INTERVAL_MS);
  return looks.map((nowMs) => {
    progress.asked(BigInt(nowMs * 1_000), nowMs);
    progress.replayed(BigInt(replayedAt(nowMs) * 1_000));
    return progress.behindMs(nowMs);
  });
}

test('a replica that follows steady writes with a constant delay is as far behind as the delay', () => {
  const found = lookAt((nowMs) => nowMs - 600);
  expect(found.slice(0, 3)).toEqual([undefined, undefined, undefined]); // not even where the primary was at first
  expect(new Set(found.slice(3))).toEqual(new Set([750])); // to the look
});

test('a replica that is where the primary is, is not behind', () => {
  expect(new Set(lookAt((nowMs) => nowMs))).toEqual(new Set([0]));
});

test('a replica that stands still falls behind by the clock, also when no position of its time is remembered', () => {
  expect(lookAt((nowMs) => Math.min(nowMs, 5_000)).at(-1)).toBe(30_000 - POLL_INTERVAL_MS - 5_000);
});

test('a replica that is too slow falls behind more and more', () => {
  const found = lookAt((nowMs) => nowMs * 0.9);
  expect([found.at(41), found.at(80), found.at(-1)]).toEqual([1_250, 2_000, 3_000]);
});

test('it is not behind an idle primary once it has come to the last position', () => {
  const progress = createReplayProgress(KEEP_MS);
  progress.asked(100n, 0);
  for (const nowMs of [250, 500, 750]) {
    progress.asked(200n, nowMs);
    progress.replayed(150n);
    expect(progress.behindMs(nowMs)).toBe(nowMs);
  }
  progress.replayed(200n);
  expect(progress.behindMs(760)).toBe(10);
});

test('it falls behind by the clock while nobody knows where the primary is', () => {
  const progress = createReplayProgress(KEEP_MS);
  progress.asked(100n, 0);
  for (const nowMs of [10, 5_000, 60_000]) {
    progress.replayed(BigInt(100 + nowMs));
    expect(progress.behindMs(nowMs)).toBe(nowMs);
  }
});

test('a primary that begins again at a lower position is followed', () => {
  const progress = createReplayProgress(KEEP_MS);
  progress.asked(1_000n, 0);
  progress.replayed(1_000n);
  progress.asked(10n, 250);
  progress.replayed(10n);
  expect(progress.behindMs(250)).toBe(0);
});
