import { buildSegments, compactIndex, createPool, indexSegments, refreshRecentConversations } from '@messaging/db';
import { createLogger } from '@messaging/shared';
import type { Bench } from '../context.ts';
import { withScratchDatabase } from '../data/scratch.ts';
import { startApiProcess } from '../http/processes.ts';
import { readServerMs } from '../processor-time.ts';
import { atMost, type Row } from '../row.ts';
import { ask, summarise, type Timing, toTiming } from './search.ts';
import { collectTerms } from './search-terms.ts';
import { withClient } from './with-client.ts';

const NEW_MESSAGES = 100_000;
const CHUNK_MESSAGES = 1_000;
const ROUNDS = 3;

/**
 * Searches while the worker is stopped and many messages are new; and what the worker's part costs once it goes on: a refresh with its
 * segments, a block of the index for them, and a compaction.
 */
export async function benchBacklog(bench: Bench): Promise<Row[]> {
  const classes = await withClient(bench.data.connectionString, collectTerms);
  const timings = classes.flatMap(({ name, terms }) => terms.map((term) => toTiming(name, term)));
  return withScratchDatabase(bench, async (connectionString) => {
    bench.say(`  writing ${NEW_MESSAGES.toLocaleString('en-US')} messages ...`);
    const written = await writeMessages(connectionString, bench.data.messages);
    await searchAll(connectionString, bench.folder, timings);
    return toRows(written, timings, await catchUp(connectionString));
  });
}

/** Such as there are already, to the same contacts, a commit for each thousand. Returns how many. */
async function writeMessages(connectionString: string, known: number): Promise<number> {
  const step = Math.max(CHUNK_MESSAGES, Math.floor((known * CHUNK_MESSAGES) / NEW_MESSAGES));
  let written = 0;
  await withClient(connectionString, async (client) => {
    for (let first = 1; first + CHUNK_MESSAGES <= known; first += step) {
      const { rowCount } = await client.query(
        `insert into messages (contact_id, content, direction)
         select contact_id, content, direction from messages where id >= $1 and id < $2`,
        [first, first + CHUNK_MESSAGES],
      );
      written += rowCount ?? 0;
    }
  });
  return written;
}

async function searchAll(connectionString: string, folder: string, timings: Timing[]): Promise<void> {
  const api = await startApiProcess({ connectionString, folder, logName: 'backlog-api.log' });
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const timing of timings) await ask(api.origin, timing, round > 0);
    }
  } finally {
    await api.close();
  }
}

/** As the worker does. Returns the processor time of PostgreSQL and of this process. */
async function catchUp(connectionString: string): Promise<number> {
  const database = { connectionString, poolSize: 2, statementTimeoutMs: 0 };
  const pool = createPool(database, createLogger({ level: 'warn', pretty: false }, 'bench'), 'bench-backlog');
  try {
    const readMs = async () =>
      (await readServerMs(pool)) + process.cpuUsage().user / 1_000 + process.cpuUsage().system / 1_000;
    const startMs = await readMs();
    await refreshRecentConversations(database, { timeoutMs: 600_000 });
    await buildSegments(pool);
    await indexSegments(pool, { all: true });
    await compactIndex(pool);
    return (await readMs()) - startMs;
  } finally {
    await pool.end();
  }
}

function toRows(written: number, timings: Timing[], catchUpMs: number): Row[] {
  const bench = 'backlog';
  const size = written.toLocaleString('en-US');
  const figure = summarise(timings);
  return [
    {
      bench,
      what: `search, every term, the worker stopped and ${size} messages new`,
      figure,
      checks: [atMost(figure.p95Ms, 150, 'ms p95')],
    },
    {
      bench,
      what: `processor time of the worker and its statements for each of them`,
      checks: [atMost((catchUpMs * 1_000) / written, 60, 'us a message')],
    },
  ];
}
