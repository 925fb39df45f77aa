import { expect, test } from '@jest/globals';
import { createSharedReads } from './shared-reads.ts';

/** A read whose ends are in the test's hands; it answers with the value at its beginning, as a snapshot does. */
function createSource() {
  const source = { value: 0, begun: 0, finish: [] as ((error?: Error) => void)[] };
  const read = (): Promise<number> => {
    source.begun += 1;
    const { value } = source;
    return new Promise((resolve, reject) => source.finish.push((error) => (error ? reject(error) : resolve(value))));
  };
  return { source, read };
}

test('requests that come while a read runs share the next, which sees what was written before them', async () => {
  const { source, read } = createSource();
  const share = createSharedReads<number>();
  const first = share('page', read);
  source.value = 1; // committed after the first read began, before the others were asked for
  const others = [share('page', read), share('page', read), share('page', read)];
  expect(source.begun).toBe(1);
  source.finish[0]?.();
  expect(await first).toBe(0);
  expect(source.begun).toBe(2);
  source.finish[1]?.();
  expect(await Promise.all(others)).toEqual([1, 1, 1]);
});

test('a request that comes while the shared read runs waits for one of its own time', async () => {
  const { source, read } = createSource();
  const share = createSharedReads<number>();
  const first = share('page', read);
  const second = share('page', read);
  source.finish[0]?.();
  await first;
  source.value = 2;
  const third = share('page', read);
  source.finish[1]?.();
  expect(await second).toBe(0);
  source.finish[2]?.();
  expect(await third).toBe(2);
});

test('different things are read at the same time', () => {
  const { source, read } = createSource();
  const share = createSharedReads<number>();
  void share('page 1', read);
  void share('page 2', read);
  expect(source.begun).toBe(2);
});

test('a failure is that of those who shared the read, not of those who came later', async () => {
  const { source, read } = createSource();
  const share = createSharedReads<number>();
  const first = share('page', read);
  const second = share('page', read);
  source.finish[0]?.(new Error('away'));
  await expect(first).rejects.toThrow('away');
  source.finish[1]?.();
  expect(await second).toBe(0);
});

test('nothing is kept once nobody waits', async () => {
  const { source, read } = createSource();
  const share = createSharedReads<number>();
  const first = share('page', read);
  source.finish[0]?.();
  await first;
  source.value = 3;
  const later = share('page', read);
  source.finish[1]?.();
  expect(await later).toBe(3);
});
