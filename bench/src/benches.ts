import { benchBacklog } from './benches/backlog.ts';
import { benchClients } from './benches/clients.ts';
import { benchIdempotent } from './benches/idempotent.ts';
import { benchImport } from './benches/import.ts';
import { benchList } from './benches/list.ts';
import { benchLive } from './benches/live.ts';
import { benchMessages } from './benches/messages.ts';
import { benchPending } from './benches/pending.ts';
import { benchRefresh } from './benches/refresh.ts';
import { benchSearch } from './benches/search.ts';
import { benchSeed } from './benches/seed.ts';
import { benchTail } from './benches/tail.ts';
import { benchThread } from './benches/thread.ts';
import { benchWrite } from './benches/write.ts';
import type { Bench } from './context.ts';
import type { Row } from './row.ts';

/** The benchmarks by name, in the order in which they run: first those that only read. */
export const benches: Record<string, (bench: Bench) => Promise<Row[]>> = {
  list: benchList,
  thread: benchThread,
  search: benchSearch,
  messages: benchMessages,
  clients: benchClients,
  pending: benchPending,
  refresh: benchRefresh,
  write: benchWrite,
  idempotent: benchIdempotent,
  import: benchImport,
  live: benchLive,
  backlog: benchBacklog,
  tail: benchTail,
  seed: benchSeed,
};
