import { describe, expect, test } from '@jest/globals';
import { createRandomizer, createSampler, type Random, zipfWeights } from './random.ts';

const randomOf = (seed: number): Random => {
  const randomizer = createRandomizer(seed, 'messages');
  return () => randomizer.next();
};

describe('createRandomizer', () => {
  test('repeats its sequence for the same seed', () => {
    const [first, second, other] = [randomOf(7), randomOf(7), randomOf(8)];
    expect(first()).toBe(second());
    expect(first()).not.toBe(other());
  });

  test('gives every purpose a sequence of its own', () => {
    expect(createRandomizer(7, 'contacts').next()).not.toBe(createRandomizer(7, 'messages').next());
  });
});

describe('createSampler', () => {
  const countDraws = (weights: number[], draws: number): number[] => {
    const [random, draw] = [randomOf(1), createSampler(weights)];
    const counts = weights.map(() => 0);
    for (let left = draws; left > 0; left--) {
      const index = draw(random);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    return counts;
  };

  test('draws in proportion to the weights', () => {
    const counts = countDraws([1, 2, 3, 4], 100_000);
    counts.forEach((count, index) => {
      expect(Math.abs(count / 100_000 - (index + 1) / 10)).toBeLessThan(0.01);
    });
  });

  test('never draws what has no weight', () => {
    expect(countDraws([0, 5, 0, 1e-9, 0], 10_000).filter((count) => count > 0)).toEqual([10_000]);
  });

  test('always draws the only one', () => {
    expect(countDraws([3], 10)).toEqual([10]);
  });
});

test('zipfWeights fall with the rank', () => {
  const [first, second, last] = [0, 1, 99].map((rank) => zipfWeights(100)[rank] ?? 0);
  expect(first).toBeGreaterThan(second ?? 0);
  expect((first ?? 0) / (last ?? 1)).toBeCloseTo(101 / 2);
});
