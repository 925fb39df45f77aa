import { randomInt } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { checkDatabase } from '../src/consistency/check-database.ts';
import { runConcurrently } from '../src/testing/concurrency/run.ts';
import { loadModel } from './conversations-model.ts';
import { expectList, expectSearch } from './expect-model.ts';
import { addContacts, createFixture } from './support.ts';

const CONTACTS = 8;
// biome-ignore lint/style/noProcessEnv: to run one again that failed
const SEED = Number(process.env.CONCURRENCY_SEED ?? randomInt(1_000_000));

test(`writers, refreshes, builders and checks at the same time leave nothing that differs (CONCURRENCY_SEED=${SEED})`, async () => {
  const fixture = await createFixture();
  try {
    await addContacts(fixture.pool, CONTACTS);
    await fixture.pool.query(
      "insert into messages (contact_id, content) select 1 + n % 3, 'before ' || n from generate_series(1, 600) n",
    );
    const writers = 2 + (SEED % 7);
    const { failures, deadlocks } = await runConcurrently(fixture.connectionString, {
      seed: SEED,
      writers,
      contacts: CONTACTS,
      operations: 1_500,
      longestMs: 60_000,
    });
    expect({ failures, deadlocks }).toEqual({ failures: [], deadlocks: 0 });
    const model = await loadModel(fixture);
    for (const when of ['before', 'after']) {
      if (when === 'after') await fixture.refresh();
      const results = await checkDatabase(fixture.pool);
      expect(results.filter(({ count }) => count > 0)).toEqual([]);
      await expectList(fixture, model, 5);
      for (const term of ['before 1', '日本', '§', 'name 1', 'unicode', 'xxx'])
        await expectSearch(fixture, model, term, 3);
    }
  } finally {
    await fixture.close();
  }
});
