import { createPool, indexSegments, refreshRecentConversations } from '@messaging/db';
import { type LoadProgress, seedDatabase } from '@messaging/db/seed';
import { createLogger } from '@messaging/shared';
import pg from 'pg';
import { createUsualSchema } from '../usual/schema.ts';
import { addOldMessages } from './additions.ts';
import { currentVersion, type Marker, readMarker, writeMarker } from './marker.ts';
import { restoreData } from './restore.ts';
import { dropScratchDatabase } from './scratch.ts';
import { withDatabase } from './server.ts';

export interface PrepareOptions {
  folder: string;
  /** Any connection string of the server. */
  serverUrl: string;
  database: string;
  contacts: number;
  messages: number;
  say: (line: string) => void;
}

/** A database with the data for the benchmarks, without remains of an earlier run. */
export interface BenchData extends Marker {
  connectionString: string;
}

/**
 * Loads the data set if it is missing or was made for another version. Otherwise removes the remains of a killed run.
 */
export async function prepareData(options: PrepareOptions): Promise<BenchData> {
  const { folder, serverUrl, database, contacts, messages } = options;
  const connectionString = withDatabase(serverUrl, database);
  await dropScratchDatabase(serverUrl, database);
  const version = await currentVersion();
  const known = await readMarker(folder, database);
  if (known?.version === version && known.contacts === contacts && known.messages === messages) {
    await restoreData(connectionString, known);
    return { ...known, connectionString };
  }
  await recreateDatabase(serverUrl, database);
  const marker = await load(connectionString, version, options);
  await writeMarker(folder, database, marker);
  return { ...marker, connectionString };
}

async function load(
  connectionString: string,
  version: string,
  { contacts, messages, say }: PrepareOptions,
): Promise<Marker> {
  say(`Loading ${contacts.toLocaleString('en')} contacts and ${messages.toLocaleString('en')} messages.`);
  say('At 5,000,000 this takes about four minutes, once: the data is kept.');
  const seeded = await seedDatabase(connectionString, { contacts, messages, seed: 1, reset: false }, progress(say));
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const clumpMessages = Math.round(messages / 10);
    say(`Adding ${clumpMessages.toLocaleString('en')} old messages of one contact.`);
    const clumpContactId = await addOldMessages(client, { clumpMessages, fewMessages: Math.round(messages / 1_250) });
    const database = { connectionString, poolSize: 1, statementTimeoutMs: 0 };
    await refreshRecentConversations(database, { timeoutMs: 600_000 });
    say('Indexing their segments.');
    const pool = createPool(database, createLogger({ level: 'warn', pretty: false }, 'bench'), 'bench');
    await indexSegments(pool, { all: true }).finally(() => pool.end());
    say("Building the usual design's view.");
    await createUsualSchema(client);
    await client.query('vacuum analyze');
    await client.query('checkpoint');
    const { rows } = await client.query<{ contacts: string; messages: string }>(
      'select (select max(id) from contacts) as contacts, (select max(id) from messages) as messages',
    );
    return {
      version,
      contacts,
      messages,
      lastContactId: Number(rows[0]?.contacts),
      lastMessageId: Number(rows[0]?.messages),
      clumpContactId,
      clumpMessages,
      seedPhases: seeded.phases,
      seedDurationMs: seeded.durationMs,
      loadedAt: new Date().toISOString(),
    };
  } finally {
    await client.end();
  }
}

function progress(say: (line: string) => void): LoadProgress {
  let phase = '';
  return {
    notice: say,
    begin: (name) => {
      phase = name;
    },
    advance: () => {},
    end: (durationMs) => say(`  ${phase}: ${(durationMs / 1_000).toFixed(1)} s`),
  };
}

/** Creates an empty database of that name, also for benchmarks that load data. */
export async function recreateDatabase(serverUrl: string, name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: withDatabase(serverUrl, 'postgres') });
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    await admin.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await admin.end();
  }
}
