import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddedPostgres } from '@messaging/local';
import { createLogger, createReleaseStack, type ReleaseStack } from '@messaging/shared';
import { type BenchData, prepareData } from './data/prepare.ts';
import { startBenchServer } from './data/server.ts';
import { type ServerProcess, startApiProcess } from './http/processes.ts';
import { lockFolder } from './lock.ts';
import type { BenchOptions } from './options.ts';

/** The environment of every benchmark. */
export interface Bench {
  options: BenchOptions;
  folder: string;
  server: EmbeddedPostgres;
  data: BenchData;
  /** The project's API in a separate process. */
  api: ServerProcess;
  release: ReleaseStack;
  say: (line: string) => void;
}

/** Starts server and API over the data set; `release` stops them. */
export async function openBench(
  options: BenchOptions,
  folder: string,
  { release, say }: Pick<Bench, 'release' | 'say'>,
): Promise<Bench> {
  const server = await openServer(folder, { release, say });
  const { contacts, messages } = options;
  const data = await prepareData({
    folder,
    serverUrl: server.connectionString,
    database: databaseName(messages),
    contacts,
    messages,
    say,
  });
  const api = release.push(
    'api',
    await startApiProcess({ connectionString: data.connectionString, folder }),
    ({ close }) => close(),
  );
  return { options, folder, server, data, api, release, say };
}

/** The server alone, with the folder locked. */
export async function openServer(
  folder: string,
  { release, say }: Pick<Bench, 'release' | 'say'>,
): Promise<EmbeddedPostgres> {
  await mkdir(folder, { recursive: true });
  release.push('lock', await lockFolder(folder), (lock) => lock.release());
  return release.push('postgres', await startBenchServer(join(folder, 'server'), say), ({ close }) => close());
}

/** One database per size, so that a small one for trials does not replace the large one. */
export const databaseName = (messages: number): string => `bench_${messages}`;

/** Started resources in order. Logs nothing unless a step of the release fails. */
export const createRelease = (): ReleaseStack =>
  createReleaseStack(createLogger({ level: 'error', pretty: false }, 'bench'));
