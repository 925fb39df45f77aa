import type { Bench } from '../context.ts';
import { measureLoop } from '../loop.ts';
import { readProcessorMs } from '../processor-time.ts';
import { atLeast, format, type Row } from '../row.ts';
import { median, type Sample, toFigure } from '../stats.ts';
import { withClient } from './with-client.ts';
import { openWriters, type Writers } from './writers.ts';

const CONNECTIONS = 8;
const WARM_UP_ROUNDS = 5;

/**
 * The project's design; the floor, which is the same table and indexes without triggers; the usual design's own table,
 * with its trigram index and NOTIFY.
 */
const MODES = ['ours', 'bare', 'usual'] as const;

type Mode = (typeof MODES)[number];

/** A round, and PostgreSQL's processor time per insert. */
type Measured = Sample & { processorUs: number };
type Rounds = Record<Mode, Measured[]>;

/** The same prepared insert on the same table over one connection and over eight, with different triggers in turn. */
export async function benchWrite(bench: Bench): Promise<Row[]> {
  return [...toRows(await measureModes(bench, CONNECTIONS)), ...toLoneRows(await measureModes(bench, 1))];
}

async function measureModes({ data, options }: Bench, connections: number): Promise<Rounds> {
  const { connectionString, contacts } = data;
  const rounds: Rounds = { ours: [], bare: [], usual: [] };
  const writers = await openWriters(connectionString, connections, contacts);
  const usualWriters = await openWriters(connectionString, connections, contacts, 'usual, public');
  try {
    // Not measured: the first change of each page since the load or a checkpoint writes the whole page to the log.
    for (const each of [writers, usualWriters])
      await measureWriters(each, connections, WARM_UP_ROUNDS * options.roundSeconds);
    for (let round = 0; round < options.rounds; round++) {
      for (const mode of MODES) {
        const measured = mode === 'usual' ? usualWriters : writers;
        const measure = () => measureWriters(measured, connections, options.roundSeconds);
        rounds[mode].push(await inMode(connectionString, mode, measure));
      }
    }
  } finally {
    await writers.close();
    await usualWriters.close();
  }
  return rounds;
}

async function measureWriters(writers: Writers, workers: number, seconds: number): Promise<Measured> {
  const pids = await writers.listPids();
  const beforeMs = await readProcessorMs(pids);
  const sample = await measureLoop({ workers, seconds }, writers.send);
  const processorMs = (await readProcessorMs(pids)) - beforeMs;
  return { ...sample, processorUs: (processorMs * 1_000) / (sample.perSecond * seconds) };
}

function toRows({ ours, bare, usual }: Rounds): Row[] {
  const bench = 'write';
  const figure = toFigure(ours);
  // Per round, because other load on the machine may change between rounds.
  const ratio = median(ours.map(({ perSecond }, round) => perSecond / (bare[round]?.perSecond ?? Number.NaN)));
  const beside = median(ours.map(({ perSecond }, round) => perSecond / (usual[round]?.perSecond ?? Number.NaN)));
  const [processorUs, bareUs] = [ours, bare].map((rounds) => median(rounds.map((round) => round.processorUs)));
  return [
    {
      bench,
      what: `send-message insert, ${CONNECTIONS} connections, prepared`,
      figure,
      checks: [atLeast(ratio, 0.6, '× no triggers'), atLeast(beside, 1.4, '× usual')],
    },
    { bench, what: 'floor: the same table without triggers', figure: toFigure(bare), checks: [] },
    { bench, what: 'usual design: trigram index, NOTIFY for each statement', figure: toFigure(usual), checks: [] },
    {
      bench,
      what: 'processor time of PostgreSQL for an insert',
      value: `${format(processorUs ?? Number.NaN)} µs; without triggers ${format(bareUs ?? Number.NaN)} µs`,
      checks: [],
    },
  ];
}

/** With one connection no other commit shares its flush, so the flush takes most of the time. */
function toLoneRows({ ours, bare }: Rounds): Row[] {
  const [figure, bareFigure] = [toFigure(ours), toFigure(bare)];
  const bench = 'write';
  const value = `${format(figure.perSecond / bareFigure.perSecond)} × no triggers`;
  return [
    { bench, what: 'the same on one connection', figure, value, checks: [] },
    { bench, what: 'floor: one connection, without triggers', figure: bareFigure, checks: [] },
  ];
}

/** Rows that were written without the triggers are deleted without them, so the read models stay correct. */
async function inMode<Result>(connectionString: string, mode: Mode, measure: () => Promise<Result>): Promise<Result> {
  if (mode !== 'bare') return measure();
  return withClient(connectionString, async (client) => {
    await client.query('alter table messages disable trigger user');
    const { rows } = await client.query<{ id: string }>('select coalesce(max(id), 0) as id from messages');
    const result = await measure();
    await client.query('delete from messages where id > $1', [rows[0]?.id]);
    await client.query('alter table messages enable trigger user');
    return result;
  });
}
