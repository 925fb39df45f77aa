import type { Pool, RefreshStatus, SearchPage } from '@messaging/db';
import { createMetrics, type Metrics } from '@messaging/shared';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { createHttpMetrics, type HttpMetrics } from './http-metrics.ts';
import { createLiveMetrics, type LiveMetrics } from './live-metrics.ts';
import { observePools } from './pool-metrics.ts';

/** What the API tells Prometheus, described in docs/operations.md, and what its parts report as it happens. */
export interface ApiMetrics extends Metrics, LiveMetrics {
  http: HttpMetrics;
  searched: (way: SearchPage['way'], durationMs: number) => void;
  /** A page was sent again, or had to be read. */
  knownPage: (outcome: 'hit' | 'miss') => void;
  /** A request was answered by a read that another began. */
  sharedRead: () => void;
  /** A command was answered with what it had been answered before. */
  replayed: (command: string) => void;
  /** A command was run again, because PostgreSQL ended its transaction for a conflict with another. */
  retried: (command: string) => void;
  importedLines: (outcome: string, count: number) => void;
  rateLimited: (limit: 'reads' | 'writes' | 'guesses') => void;
  /** So many bytes of request bodies are held now. */
  bodyBytes: (bytes: number) => void;
}

interface Observed {
  /** By the name that a pool has in the metrics. */
  pools: Record<string, Pool>;
  /** Looked up at each scrape; undefined where the database does not answer in time. */
  readStatus: () => Promise<RefreshStatus | undefined>;
  /** Of the live changes. */
  countReaders: () => number;
}

const SEARCH_WAYS: SearchPage['way'][] = ['recent', 'filtered'];

/** Creates the API's metrics. What happens seldom begins at 0, so that its first time shows as an increase. */
export function createApiMetrics({ pools, readStatus, countReaders }: Observed): ApiMetrics {
  const metrics = createMetrics(async () => observeView(await readStatus()));
  const registers = [metrics.registry];
  const observeView = createViewMetrics(registers);
  observePools(registers, pools);

  const counter = createCounters(registers);
  const sharedReads = new Counter({
    name: 'messaging_shared_reads_total',
    help: 'Requests for a page that were answered by a read that another request began',
    registers,
  });
  const bodyBytes = new Gauge({
    name: 'messaging_request_body_bytes',
    help: 'Bytes of request bodies that are held in memory',
    registers,
  });
  return {
    ...metrics,
    ...createLiveMetrics(registers, countReaders),
    http: createHttpMetrics(registers),
    searched: countSearches(registers),
    knownPage: counter('known_pages', 'Pages of the list that were sent again (hit) or read (miss)', 'outcome', [
      'hit',
      'miss',
    ]),
    sharedRead: () => sharedReads.inc(),
    replayed: counter('idempotent_replays', 'Commands answered with an earlier answer', 'command', [] as string[]),
    retried: counter('command_retries', 'Commands run again after a deadlock', 'command', [] as string[]),
    importedLines: counter('imported_lines', 'Lines of imports by outcome', 'outcome', [
      ...['imported', 'duplicates', 'created', 'updated', 'unchanged', 'rejected'],
    ]),
    rateLimited: counter('rate_limited', 'Requests answered with 429, by limit', 'limit', [
      'reads',
      'writes',
      'guesses',
    ]),
    bodyBytes: (bytes) => bodyBytes.set(bytes),
  };
}

/** Makes counters with one label, which begin at 0 for each of its known values. */
const createCounters =
  (registers: Registry[]) =>
  <Label extends string>(name: string, help: string, label: string, values: Label[]) => {
    const counted = new Counter({ name: `messaging_${name}_total`, help, labelNames: [label], registers });
    for (const value of values) counted.inc({ [label]: value }, 0);
    return (value: Label, count = 1) => counted.inc({ [label]: value }, count);
  };

function countSearches(registers: Registry[]): ApiMetrics['searched'] {
  const searches = createCounters(registers)('search', 'Searches by the way that found the page', 'way', SEARCH_WAYS);
  const duration = new Histogram({
    name: 'messaging_search_duration_seconds',
    help: 'Time that searches took which were answered, by way',
    labelNames: ['way'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return (way, durationMs) => {
    searches(way);
    duration.observe({ way }, durationMs / 1_000);
  };
}

/** The names are the worker's: both ask the same database, each over its own connections. */
function createViewMetrics(registers: Registry[]): (status: RefreshStatus | undefined) => void {
  const gauge = (name: string, help: string) => new Gauge({ name: `messaging_${name}`, help, registers });
  const databaseUp = gauge('database_up', '1 when the database answered');
  const age = gauge('view_age_seconds', 'Time since the last refresh of the view, by any process, that succeeded');
  const pending = gauge('pending_changes', 'Conversations that the view does not show as they are');
  return (status) => {
    databaseUp.set(Number(status !== undefined));
    for (const [shown, value] of [
      [age, status?.viewAgeSeconds],
      [pending, status?.pendingChanges],
    ] as const) {
      if (value === null || value === undefined) shown.remove();
      else shown.set(value);
    }
  };
}
