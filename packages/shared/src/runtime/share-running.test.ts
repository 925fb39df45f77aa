import { expect, test } from '@jest/globals';
import { shareRunning } from './share-running.ts';

test('who asks while it runs gets the same, and who asks later what is so then', async () => {
  const answers: ((text: string) => void)[] = [];
  const ask = shareRunning(() => new Promise<string>((resolve) => answers.push(resolve)));
  const together = [ask(), ask(), ask()];
  expect(answers).toHaveLength(1);
  answers[0]?.('first');
  expect(await Promise.all(together)).toEqual(['first', 'first', 'first']);
  const later = ask();
  answers[1]?.('second');
  expect(await later).toBe('second');
});

test('after a failure it is run again', async () => {
  let runs = 0;
  const ask = shareRunning(async () => {
    runs += 1;
    if (runs === 1) throw new Error('once');
    return runs;
  });
  await expect(Promise.all([ask(), ask()])).rejects.toThrow('once');
  expect(await ask()).toBe(2);
});
