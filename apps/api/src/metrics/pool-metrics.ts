import type { Pool } from '@messaging/db';
import { Gauge, type Registry } from 'prom-client';

/** Shows, at each scrape, how many connections each pool has, how many are idle, and how many requests wait for one. */
export function observePools(registers: Registry[], pools: Record<string, Pool>): void {
  new Gauge({
    name: 'messaging_db_pool_connections',
    help: 'Connections to PostgreSQL by pool: total and idle; waiting are requests that wait for one',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(pools)) {
        this.set({ pool, state: 'total' }, totalCount);
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'waiting' }, waitingCount);
      }
    },
  });
  const size = new Gauge({
    name: 'messaging_db_pool_size',
    help: 'Connections that a pool may have at most',
    labelNames: ['pool'],
    registers,
  });
  for (const [pool, { options }] of Object.entries(pools)) size.set({ pool }, options.max);
}
