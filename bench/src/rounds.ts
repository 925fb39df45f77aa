import { type Figure, type Sample, toFigure } from './stats.ts';

/**
 * Measures everything once per round, one after the other, so that other load on the machine affects all figures
 * equally. To measure with warm caches, warm them before.
 */
export async function interleave<Name extends string>(
  rounds: number,
  works: Record<Name, () => Promise<Sample>>,
): Promise<Record<Name, Figure>> {
  const entries = Object.entries(works) as [Name, () => Promise<Sample>][];
  const samples = new Map<Name, Sample[]>(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of entries) samples.get(name)?.push(await work());
  }
  return Object.fromEntries([...samples].map(([name, all]) => [name, toFigure(all)])) as Record<Name, Figure>;
}
