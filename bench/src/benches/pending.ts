import type { Bench } from '../context.ts';
import { restoreData } from '../data/restore.ts';
import { measureHttp } from '../http/load.ts';
import { atLeast, type Row } from '../row.ts';
import { type Sample, toFigure } from '../stats.ts';
import { withClient } from './with-client.ts';

const CONNECTIONS = 8;
const LIST = '/api/conversations';
const CHUNK_CONTACTS = 5_000;

/** The list while half of all contacts have a pending change, compared with the same list without changes. */
export async function benchPending(bench: Bench): Promise<Row[]> {
  const { api, data, options, say } = bench;
  const contacts = Math.floor(data.contacts / 2);
  const load = { connections: CONNECTIONS, seconds: options.roundSeconds };
  const without: Sample[] = [];
  const withChanges: Sample[] = [];
  await measureHttp(api.origin, LIST, { ...load, seconds: 1 });
  for (let round = 0; round < (options.isQuick ? 1 : 3); round++) {
    without.push(await measureHttp(api.origin, LIST, load));
    await touchContacts(data.connectionString, contacts);
    withChanges.push(await measureHttp(api.origin, LIST, load));
    say('  taking the changes back ...');
    await restoreData(data.connectionString, data);
  }
  const figures = { without: toFigure(without), with: toFigure(withChanges) };
  const ratio = figures.with.perSecond / figures.without.perSecond;
  return [
    {
      bench: 'pending',
      what: `list with ${contacts.toLocaleString('en-US')} pending changes`,
      figure: figures.with,
      checks: [atLeast(ratio, 0.8, '× without')],
    },
    { bench: 'pending', what: 'list without, in the same rounds', figure: figures.without, checks: [] },
  ];
}

/** One new message each, with a commit per chunk. No worker runs, so the changes stay pending. */
async function touchContacts(connectionString: string, count: number): Promise<void> {
  await withClient(connectionString, async (client) => {
    for (let first = 1; first <= count; first += CHUNK_CONTACTS) {
      const last = Math.min(count, first + CHUNK_CONTACTS - 1);
      await client.query(
        "insert into messages (contact_id, content) select id, 'still there?' from contacts where id between $1 and $2",
        [first, last],
      );
    }
  });
}
