import { generateMersenne32Randomizer } from '@faker-js/faker';

/** The random numbers of one actor. The seed and the actor's number determine them. */
export interface Random {
  /** True with this probability. */
  chance: (probability: number) => boolean;
  /** A whole number from `first` to `last`, both included. */
  integer: (first: number, last: number) => number;
  pick: <Item>(items: readonly Item[]) => Item;
}

export function createRandom(seed: number, actor: number): Random {
  const randomizer = generateMersenne32Randomizer();
  randomizer.seed([seed, actor]);
  const next = () => randomizer.next();
  const integer = (first: number, last: number) => first + Math.floor(next() * (last - first + 1));
  return {
    chance: (probability) => next() < probability,
    integer,
    pick: (items) => items[integer(0, items.length - 1)] as (typeof items)[number],
  };
}
