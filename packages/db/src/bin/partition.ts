import { parseArgs } from 'node:util';
import { databaseEnv, loadConfig, loadEnvFile, runMain, toDatabaseConfig } from '@messaging/shared';
import { z } from 'zod';
import { partitionMessages } from '../schema/partitions.ts';

const DEFAULT_PARTITIONS = '16';

await runMain(async () => {
  loadEnvFile();
  // biome-ignore lint/style/noProcessEnv: the edge of the process
  const env = loadConfig(z.object(databaseEnv), process.env);
  // Some package managers pass on the `--` that separates their options from the command's.
  const args = process.argv.slice(2).filter((argument) => argument !== '--');
  const { values } = parseArgs({ args, options: { partitions: { type: 'string', default: DEFAULT_PARTITIONS } } });
  const partitions = z.coerce.number().int().min(2).max(256).safeParse(values.partitions);
  if (!partitions.success) throw new Error('--partitions must be a whole number from 2 to 256');
  await partitionMessages(toDatabaseConfig(env).connectionString, partitions.data, (line) =>
    process.stdout.write(`${line}\n`),
  );
  process.stdout.write(`messages has ${partitions.data} partitions.\n`);
});
