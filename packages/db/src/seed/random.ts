import { generateMersenne32Randomizer, type Randomizer } from '@faker-js/faker';

/** Returns the next number in [0, 1) of a sequence that the seed determines. */
export type Random = () => number;

/** The sequences of one seed are independent: more contacts do not change the texts of messages. */
const STREAMS = { vocabulary: 1, people: 2, contacts: 3, messages: 4, directions: 5 } as const;

/**
 * Faker's generator (Mersenne Twister, 9 ns per number), seeded for one purpose. Several faker instances can share it.
 */
export function createRandomizer(seed: number, stream: keyof typeof STREAMS): Randomizer {
  const randomizer = generateMersenne32Randomizer();
  randomizer.seed([seed, STREAMS[stream]]);
  return randomizer;
}

/** Draws an index with the probability of its weight. */
export type Sampler = (random: Random) => number;

/**
 * Prepares draws from any distribution at a constant cost (the alias method of Walker, in Vose's form). An index of
 * weight 0 is never drawn. At least one weight must be positive.
 */
export function createSampler(weights: ArrayLike<number>): Sampler {
  const { threshold, alias } = buildAliasTable(weights);
  const size = weights.length;
  return (random) => {
    const position = random() * size;
    const index = Math.floor(position);
    // The fraction of the same draw serves as the second random number.
    return position - index < (threshold[index] as number) ? index : (alias[index] as number);
  };
}

/** Weights of a Zipf curve: the word of rank r is drawn in proportion to 1 / (r + offset). */
export function zipfWeights(size: number, offset = 2): Float64Array {
  return Float64Array.from({ length: size }, (_, rank) => 1 / (rank + offset));
}

/** A normally distributed number with mean 0 and deviation 1 (Box and Muller). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Fills each column of height 1 with one index that is too small for it and a part of one that is too large. */
function buildAliasTable(weights: ArrayLike<number>): { threshold: Float64Array; alias: Uint32Array } {
  const size = weights.length;
  let total = 0;
  for (let i = 0; i < size; i++) total += weights[i] as number;
  const threshold = Float64Array.from(weights, (weight) => (weight * size) / total);
  const alias = Uint32Array.from(threshold, (_, index) => index);
  const small: number[] = [];
  const large: number[] = [];
  for (const [index, height] of threshold.entries()) (height < 1 ? small : large).push(index);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() as number;
    const high = large.at(-1) as number;
    alias[low] = high;
    threshold[high] = (threshold[high] as number) - (1 - (threshold[low] as number));
    if ((threshold[high] as number) < 1) small.push(large.pop() as number);
  }
  // Columns left over by rounding are full, or are their own alias.
  for (const index of large) threshold[index] = 1;
  return { threshold, alias };
}
