import { createPool, createProbePool, type Pool, type PoolPurpose } from '@messaging/db';
import type { DatabaseConfig, Logger, ReleaseStack } from '@messaging/shared';
import type { ApiConfig } from './config.ts';
import type { ReadPools } from './replica/reads.ts';

/** The connections of an API process. */
export interface ApiPools {
  /** Commands, and what they look up. */
  commandDb: Pool;
  primary: ReadPools;
  /** Reads on the replica, and a connection each to watch it and the primary; absent where there is none. */
  replica: { pools: ReadPools; watch: Pool; watchPrimary: Pool } | undefined;
  importDb: Pool;
  /** An export takes one for as long as its client reads. */
  exportDb: Pool;
  /** For the live changes: one connection asks, the other catches up. */
  changesDb: Pool;
  /** For looking whether the database answers. */
  probes: Pool;
  /** Every pool by its name, which it has in PostgreSQL (`application_name`), in the logs and in the metrics. */
  byName: Record<string, Pool>;
}

/** Each keeps a snapshot and a good part of a processor busy. */
const EXPORTS_AT_ONCE = 2;

/** Makes the pools, which connect when they are used; `release` ends them. */
export function openPools(config: ApiConfig, logger: Logger, release: ReleaseStack): ApiPools {
  const { search } = config;
  const byName: Record<string, Pool> = {};
  function keep(name: string, pool: Pool): Pool {
    byName[name] = pool;
    return release.push(`postgres: ${name}`, pool, (p) => p.end());
  }
  function open(name: string, database: Partial<DatabaseConfig>, purpose: PoolPurpose): Pool {
    return keep(name, createPool({ ...config.database, ...database }, logger, name, purpose));
  }
  function openReads(pages: string, searches: string, database: Partial<DatabaseConfig>): ReadPools {
    const { poolSize, timeoutMs: statementTimeoutMs } = search;
    return {
      db: open(pages, database, 'indexScansOnly'),
      searchDb: open(searches, { ...database, poolSize, statementTimeoutMs }, 'indexScansOnly'),
    };
  }
  const primary = openReads('messaging-api', 'messaging-search', {});
  const onReplica = config.replica && { connectionString: config.replica.connectionString };
  const replica = onReplica && {
    pools: openReads('messaging-replica', 'messaging-replica-search', onReplica),
    watch: open('messaging-replica-watch', { ...onReplica, poolSize: 1 }, 'general'),
    watchPrimary: open('messaging-primary-watch', { poolSize: 1 }, 'general'),
  };
  const commandDb = open('messaging-commands', { poolSize: config.commandPoolSize }, 'general');
  const importDb = open('messaging-import', { poolSize: config.importPoolSize }, 'imports');
  const exportDb = open('messaging-export', { poolSize: EXPORTS_AT_ONCE, statementTimeoutMs: 0 }, 'general');
  const changesDb = open('messaging-changes', { poolSize: 2 }, 'general');
  const probes = keep('messaging-probe', createProbePool(config.database, logger, 'messaging-probe'));
  return { commandDb, primary, replica, importDb, exportDb, changesDb, probes, byName };
}
