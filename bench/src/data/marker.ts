import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The content of a loaded database, written when the load is complete. */
export interface Marker {
  /** Changes with the migrations and with the benchmarks' additions to the data. */
  version: string;
  contacts: number;
  messages: number;
  /** Benchmarks wrote the rows with ids above these. */
  lastContactId: number;
  lastMessageId: number;
  clumpContactId: number;
  clumpMessages: number;
  seedPhases: { name: string; durationMs: number }[];
  seedDurationMs: number;
  loadedAt: string;
}

/** Increase this when the additions to the data change. */
const ADDITIONS_VERSION = 1;

export async function readMarker(folder: string, database: string): Promise<Marker | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(folder, database), 'utf8')) as Marker;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeMarker(folder: string, database: string, marker: Marker): Promise<void> {
  await writeFile(fileOf(folder, database), `${JSON.stringify(marker, undefined, 2)}\n`);
}

/** Names and contents of the migrations, because an unreleased migration may still change. */
export async function currentVersion(): Promise<string> {
  const folder = fileURLToPath(new URL('../migrations', import.meta.resolve('@messaging/db')));
  const hash = createHash('sha256').update(String(ADDITIONS_VERSION));
  for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

const fileOf = (folder: string, database: string) => join(folder, `${database}.json`);
