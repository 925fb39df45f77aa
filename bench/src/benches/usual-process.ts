import { fileURLToPath } from 'node:url';
import type { Bench } from '../context.ts';
import { type ServerProcess, startPeerProcess } from '../http/processes.ts';

/** Starts the usual design over the same database. It is closed with everything else at the latest. */
export async function startUsual({ data, release }: Bench): Promise<ServerProcess> {
  const module = fileURLToPath(new URL('../usual/main.js', import.meta.url));
  const usual = await startPeerProcess(module, { connectionString: data.connectionString });
  return release.push('usual design', usual, ({ close }) => close());
}
