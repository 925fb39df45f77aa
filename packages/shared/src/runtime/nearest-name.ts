/** Shorter prefixes are too ambiguous. */
const SHORTEST_PREFIX = 3;

/**
 * Returns the name in `known` that `name` most likely stands for: it differs in case or punctuation only
 * (`created_at`), one is a prefix of the other (`phone`), or up to a third of it is misspelt (`creatdAt`). Undefined if
 * there is none.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const written = simplify(name);
  const near = known
    .map((candidate) => ({ candidate, distance: distanceBetween(written, simplify(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

const simplify = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

function distanceBetween(a: string, b: string): number {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (shorter.length >= SHORTEST_PREFIX && longer.startsWith(shorter)) return shorter === longer ? 0 : 1;
  if (longer.length - shorter.length > shorter.length) return Number.POSITIVE_INFINITY; // `name` may be very long
  return editDistance(shorter, longer);
}

/** Optimal string alignment: characters that are added, left out, replaced, or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const replaced = (last[column - 1] as number) + (isSame ? 0 : 1);
      const swapped = isSwapped ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      current[column] = Math.min(replaced, swapped, (last[column] as number) + 1, (current[column - 1] as number) + 1);
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length] as number;
}
