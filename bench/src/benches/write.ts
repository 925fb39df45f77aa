import { sendMessage } from '@messaging/db';
import pg from 'pg';
import type { Bench } from '../context.ts';
import { measureLoop } from '../loop.ts';
import { atLeast, type Row } from '../row.ts';
import { type Sample, toFigure } from '../stats.ts';
import { withClient } from './with-client.ts';

const CONNECTIONS = 8;
const CONTENT = 'See you at the station tomorrow, around eight?';

/** Which triggers fire: ours, none (the floor: the same table and indexes), or one that notifies for each statement. */
const MODES = {
  ours: 'enable trigger user, disable trigger usual_notify_change',
  bare: 'disable trigger user',
  usual: 'disable trigger user, enable trigger usual_notify_change',
} as const;

type Mode = keyof typeof MODES;

/** The same prepared insert on the same table over eight connections, with other triggers in turn. */
export async function benchWrite({ data, options }: Bench): Promise<Row[]> {
  const { connectionString, contacts } = data;
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ connectionString, options: '-c jit=off' }));
  for (const client of clients) client.on('error', () => {}); // its statement fails too, and is counted
  await Promise.all(clients.map((client) => client.connect()));
  const samples: Record<Mode, Sample[]> = { ours: [], bare: [], usual: [] };
  let number = 0;
  const send = (worker: number) => {
    number = (number + 7_919) % contacts; // a prime: contacts in no order, each once before one comes again
    return sendMessage(clients[worker] as pg.Client, { contactId: number + 1, content: CONTENT, createdAt: undefined });
  };
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const mode of Object.keys(MODES) as Mode[]) {
        const measure = () => measureLoop({ workers: CONNECTIONS, seconds: options.roundSeconds }, send);
        samples[mode].push(await inMode(connectionString, mode, measure));
      }
    }
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
  return toRows(samples);
}

function toRows(samples: Record<Mode, Sample[]>): Row[] {
  const [ours, bare, usual] = [samples.ours, samples.bare, samples.usual].map(toFigure);
  if (!ours || !bare || !usual) return [];
  const bench = 'write';
  return [
    {
      bench,
      what: `send-message insert, ${CONNECTIONS} connections, prepared`,
      figure: ours,
      checks: [atLeast(ours.perSecond / bare.perSecond, 0.85, '× no triggers')],
    },
    { bench, what: 'floor: the same table without triggers', figure: bare, checks: [] },
    { bench, what: 'usual design: NOTIFY for each statement', figure: usual, checks: [] },
  ];
}

/** What was written past our triggers is deleted past them, so that no read model ever misses it. */
async function inMode(connectionString: string, mode: Mode, measure: () => Promise<Sample>): Promise<Sample> {
  return withClient(connectionString, async (client) => {
    for (const change of MODES[mode].split(', ')) await client.query(`alter table messages ${change}`);
    const { rows } = await client.query<{ id: string }>('select coalesce(max(id), 0) as id from messages');
    const sample = await measure();
    if (mode !== 'ours') await client.query('delete from messages where id > $1', [rows[0]?.id]);
    for (const change of MODES.ours.split(', ')) await client.query(`alter table messages ${change}`);
    return sample;
  });
}
