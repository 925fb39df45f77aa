import { once } from 'node:events';
import { refreshRecentConversations } from '@messaging/db';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Bench } from '../context.ts';
import { withScratchDatabase } from '../data/scratch.ts';
import { startApiProcess } from '../http/processes.ts';
import { readPeakMb } from '../memory.ts';
import { atLeast, format, type Row } from '../row.ts';
import { median } from '../stats.ts';
import { type ImportBodies, readImportMessages } from './import-bodies.ts';
import { benchContacts } from './import-contacts.ts';
import { withClient } from './with-client.ts';

const LINES = 50_000;
const QUICK_LINES = 20_000;

/** Lines per second of each kind, one figure per round. */
interface Rates {
  imported: number[];
  copied: number[];
  /** Without clientMessageId, by `contactExternalId` instead of `contactId`. */
  byExternalId: number[];
}
const KINDS = { plain: 'without clientMessageId', named: 'with clientMessageId' } as const;
type Kind = keyof typeof KINDS;

/**
 * `import-messages` over HTTP, compared with COPY of the same rows into the same table with its indexes, but without
 * triggers; and `import-contacts`.
 */
export async function benchImport(bench: Bench): Promise<Row[]> {
  const lines = Math.min(bench.options.isQuick ? QUICK_LINES : LINES, bench.data.messages);
  return withScratchDatabase(bench, async (connectionString) => {
    const api = await startApiProcess({ connectionString, folder: bench.folder, logName: 'import-api.log' });
    try {
      const beforeMb = await readPeakMb(api.pid);
      const rates = await measureRounds(bench, { connectionString, origin: api.origin, lines });
      const contacts = await benchContacts(api.origin);
      return [...toRows(rates, lines), ...contacts, memoryRow(beforeMb, await readPeakMb(api.pid))];
    } finally {
      await api.close();
    }
  });
}

async function measureRounds(
  { options, data, say }: Bench,
  { connectionString, origin, lines }: { connectionString: string; origin: string; lines: number },
): Promise<Record<Kind, Rates>> {
  const none = (): Rates => ({ imported: [], copied: [], byExternalId: [] });
  const rates: Record<Kind, Rates> = { plain: none(), named: none() };
  const makeBodies = await readImportMessages(connectionString, lines, data.contacts);
  const load = async ({ lines: body }: ImportBodies): Promise<number> => {
    // otherwise no change would be a first change
    await refreshRecentConversations(databaseAt(connectionString), { timeoutMs: 600_000 });
    return importLines(origin, body, lines);
  };
  const rateOf = async (bodies: ImportBodies) => (lines * 1_000) / (await load(bodies));
  // Not measured: in a copied database the first change of each page writes the whole page to the log.
  await load(makeBodies());
  for (let round = 0; round < (options.isQuick ? 2 : 3); round++) {
    for (const kind of Object.keys(KINDS) as Kind[]) {
      const bodiesOf = (who: string) => makeBodies(kind === 'named' ? `${who}-${round}` : undefined);
      rates[kind].copied.push((lines * 1_000) / (await copyBare(connectionString, bodiesOf('bare').copy)));
      rates[kind].imported.push(await rateOf(bodiesOf('ours')));
      if (kind === 'plain') rates[kind].byExternalId.push(await rateOf(makeBodies(undefined, { byExternalId: true })));
      say(`  round ${round + 1}, ${KINDS[kind]}: ${format(rates[kind].imported.at(-1) ?? 0)} lines/s`);
    }
  }
  return rates;
}

const databaseAt = (connectionString: string) => ({ connectionString, poolSize: 1, statementTimeoutMs: 0 });

async function importLines(origin: string, body: Buffer<ArrayBuffer>, lines: number): Promise<number> {
  const startedMs = performance.now();
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${origin}/api/commands/import-messages`, { method: 'POST', headers, body });
  const answer = (await response.json()) as { imported?: number };
  if (answer.imported !== lines) throw new Error(`The import was answered with ${JSON.stringify(answer)}`);
  return performance.now() - startedMs;
}

function copyBare(connectionString: string, body: Buffer): Promise<number> {
  return withClient(connectionString, async (client) => {
    await client.query('alter table messages disable trigger user');
    const startedMs = performance.now();
    await copy(client, body);
    const durationMs = performance.now() - startedMs;
    await client.query('alter table messages enable trigger user');
    return durationMs;
  });
}

async function copy(client: pg.Client, body: Buffer): Promise<void> {
  const target = client.query(
    copyFrom('copy messages (contact_id, content, created_at, client_message_id) from stdin'),
  );
  target.end(body);
  await once(target, 'finish');
}

function toRows(rates: Record<Kind, Rates>, lines: number): Row[] {
  const bench = 'import';
  const size = `${lines.toLocaleString('en-US')} lines over HTTP`;
  const rows = (Object.keys(KINDS) as Kind[]).flatMap((kind): Row[] => {
    const { imported, copied } = rates[kind];
    const what = `${size}, ${KINDS[kind]}: ${format(median(imported))} lines/s`;
    return [
      { bench, what, checks: [atLeast(medianRatio(imported, copied), 0.5, '× bare COPY')] },
      {
        bench,
        what: `floor: COPY of the same rows, no triggers`,
        value: `${format(median(copied))} lines/s`,
        checks: [],
      },
    ];
  });
  const { byExternalId, imported } = rates.plain;
  const what = `${size}, by contactExternalId: ${format(median(byExternalId))} lines/s`;
  return [...rows, { bench, what, checks: [atLeast(medianRatio(byExternalId, imported), 0.9, '× by contactId')] }];
}

/** Of the rates of each round. */
const medianRatio = (rates: number[], others: number[]): number =>
  median(rates.map((rate, round) => rate / (others[round] ?? Number.NaN)));

const memoryRow = (beforeMb: number, afterMb: number): Row => ({
  bench: 'import',
  what: 'API, highest resident memory',
  value: `${format(beforeMb)} MB before, ${format(afterMb)} MB after all imports`,
  checks: [],
});
