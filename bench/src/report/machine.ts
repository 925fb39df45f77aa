import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** The machine of the measurement. The load shows whether it was busy when the run began. */
export interface Machine {
  cores: number;
  cpu: string;
  memoryGb: number;
  platform: string;
  node: string;
  postgres: string;
  loadBefore: number;
}

export function describeMachine(postgres: string): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    postgres,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** One line for people. */
export function machineLine({ cores, cpu, memoryGb, platform, node, postgres, loadBefore }: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGb} GB, ${platform}, Node.js ${node}, PostgreSQL ${postgres}, load before the run ${loadBefore}`;
}
