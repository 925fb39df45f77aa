import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';

const MB = 1024 * 1024;
const ROOMY_SHM_BYTES = 256 * MB;

/**
 * The server's log has no value of a row, a parameter or a statement: docs/security.md says what each setting stops.
 * An error of a statement is not logged at all, because its message can quote values; whoever sent the statement logs it.
 */
const withoutValuesInLog = {
  log_min_messages: 'log', // in the server's log, `log` ranks above `error`
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_duration: 'off',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

/** Settings for a machine that PostgreSQL shares with everything else a developer runs. */
export function localSettings(): Record<string, string> {
  const memoryMb = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / MB;
  return {
    shared_buffers: megabytes(memoryMb / 8, 2048),
    effective_cache_size: megabytes(memoryMb / 2, 16_384),
    maintenance_work_mem: megabytes(memoryMb / 16, 512), // index builds after the data set was loaded
    work_mem: '16MB',
    random_page_cost: '1.1', // solid-state disks
    max_connections: '100',
    // Loading millions of rows must not checkpoint every few seconds.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    // Nothing is replicated or archived from here, so bulk loads may skip the log.
    wal_level: 'minimal',
    max_wal_senders: '0',
    ...withoutValuesInLog,
    ...sharedMemory(),
  };
}

/** Tests keep nothing, so a crash may lose everything; many files connect at once. */
export function testSettings(): Record<string, string> {
  return {
    shared_buffers: '128MB',
    max_connections: '200',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '4GB',
    ...withoutValuesInLog,
    ...sharedMemory(),
  };
}

/** Containers have 64 MB of /dev/shm by default, in which parallel queries fail. */
function sharedMemory(): Record<string, string> {
  if (process.platform !== 'linux') return {};
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks >= ROOMY_SHM_BYTES ? {} : { dynamic_shared_memory_type: 'mmap' };
  } catch {
    return { dynamic_shared_memory_type: 'mmap' }; // no /dev/shm at all
  }
}

function megabytes(value: number, cap: number): string {
  return `${Math.max(64, Math.floor(Math.min(value, cap)))}MB`;
}
