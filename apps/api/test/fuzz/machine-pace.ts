/** What `WORK` takes on a machine of a developer. */
const USUAL_MS = 35;
/** After 10 s the server itself ends what does not go on, which is not the answer that is looked for. */
const SLOWEST = 8;
const WORK = JSON.stringify(
  Array.from({ length: 60_000 }, (_, i) => ({ contactId: i, content: `message ${i} é`, nested: { a: [1, 2, 3] } })),
);

/**
 * How many times slower than usual this machine is now, 1 to 8: the median of five times that it takes to understand JSON,
 * which is what the answers to large bodies wait for.
 */
export function measureSlowness(): number {
  const timesMs = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    JSON.parse(WORK);
    return performance.now() - startedMs;
  }).sort((a, b) => a - b);
  return Math.min(SLOWEST, Math.max(1, (timesMs[2] ?? USUAL_MS) / USUAL_MS));
}
