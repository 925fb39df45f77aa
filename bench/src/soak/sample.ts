import type pg from 'pg';
import { readResidentMb, readStatusMb } from '../memory.ts';
import type { Traffic } from './traffic.ts';

const KB = 1_024;

/** The state at one moment. */
export interface Sample {
  seconds: number;
  apiMb: number;
  workerMb: number;
  /** The private memory of PostgreSQL's processes, without shared memory; NaN if it is unknown. */
  postgresMb: number;
  viewKb: number;
  viewIndexesKb: number;
  changesKb: number;
  segmentsPerMessage: number;
  deadRows: number;
  pendingChanges: number;
  viewAgeS: number;
  failedRefreshes: number;
  errors: number;
  answersPerSecond: number;
  listP99Ms: number;
  threadP99Ms: number;
  searchP99Ms: number;
  writeP99Ms: number;
  importP99Ms: number;
}

type Stored = Pick<
  Sample,
  | 'viewKb'
  | 'viewIndexesKb'
  | 'changesKb'
  | 'segmentsPerMessage'
  | 'deadRows'
  | 'pendingChanges'
  | 'viewAgeS'
  | 'failedRefreshes'
>;

export interface Sampled {
  db: pg.Client;
  pids: { api: number; worker: number };
  /** Whether the server's processes are on this machine. */
  isServerHere: boolean;
  traffic: Traffic;
}

/** Takes a sample of the time since the last one. */
export async function takeSample(
  { db, pids, isServerHere, traffic }: Sampled,
  { seconds, sinceLastS }: { seconds: number; sinceLastS: number },
): Promise<Sample> {
  const { answers, p99Ms } = traffic.takeFigures();
  const { rows } = await db.query<Stored>(STORED);
  return {
    seconds,
    apiMb: await readResidentMb(pids.api),
    workerMb: await readResidentMb(pids.worker),
    postgresMb: isServerHere ? await readServerMb(db) : Number.NaN,
    ...(rows[0] as Stored),
    errors: traffic.errors.count,
    answersPerSecond: answers / sinceLastS,
    listP99Ms: p99Ms.list,
    threadP99Ms: p99Ms.thread,
    searchP99Ms: p99Ms.search,
    writeP99Ms: p99Ms.write,
    importP99Ms: p99Ms.import,
  };
}

const STORED = `
  select
    pg_relation_size('recent_conversations')::float8 / ${KB} as "viewKb",
    pg_indexes_size('recent_conversations')::float8 / ${KB} as "viewIndexesKb",
    pg_total_relation_size('conversation_changes')::float8 / ${KB} as "changesKb",
    (select count(*) from message_segments)::float8 / (select count(*) from messages) as "segmentsPerMessage",
    (
      select sum(n_dead_tup)::float8 from pg_stat_user_tables
      where relid in ('recent_conversations'::regclass, 'conversation_changes'::regclass)
    ) as "deadRows",
    (select count(*)::float8 from conversation_changes) as "pendingChanges",
    (
      select extract(epoch from clock_timestamp() - max(started_at))::float8 from view_refreshes
      where finished_at is not null and error is null
    ) as "viewAgeS",
    (select count(*)::float8 from view_refreshes where error is not null) as "failedRefreshes"`;

async function readServerMb(db: pg.Client): Promise<number> {
  const { rows } = await db.query<{ pid: number }>('select pid from pg_stat_activity');
  const sizes = await Promise.all(rows.map(({ pid }) => readStatusMb(pid, 'RssAnon')));
  const known = sizes.filter((size) => size !== undefined);
  return known.length > 0 ? known.reduce((sum, size) => sum + size, 0) : Number.NaN;
}
