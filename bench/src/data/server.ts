import { totalmem } from 'node:os';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@messaging/local';

const MB = 1024 * 1024;

/** Starts the embedded PostgreSQL on the data that is kept between runs, with production durability. */
export function startBenchServer(dataDir: string, say: (line: string) => void): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir, port: 0, settings: SETTINGS, say });
}

/** The same settings as the embedded server of `npm start`. */
const SETTINGS = {
  shared_buffers: `${Math.floor(Math.min(totalmem() / MB / 8, 2_048))}MB`,
  effective_cache_size: `${Math.floor(Math.min(totalmem() / MB / 2, 16_384))}MB`,
  maintenance_work_mem: '512MB',
  work_mem: '16MB',
  random_page_cost: '1.1',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min', // a checkpoint during a round would appear as a slow write
  wal_compression: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

/** The same server's database of another name. */
export function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}
