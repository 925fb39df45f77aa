import { once } from 'node:events';
import { migrate } from '@messaging/db';
import { createLogger, createReleaseStack, type Logger, type ReleaseStack } from '@messaging/shared';
import { type LocalDatabase, openDatabase } from './database.ts';
import { loadDemoData } from './demo-data.ts';
import { acquireLock } from './lock.ts';
import { choosePorts, type Ports } from './ports.ts';
import { reloadOnChange } from './reload.ts';
import type { LocalSettings } from './settings.ts';
import { listenToStopSignals } from './stop-signals.ts';
import { type Supervised, superviseProcess } from './supervisor.ts';

const PATIENCE_AFTER_CRASH_MS = 15_000;
const CLOSE_MARGIN_MS = 2_000;

export interface StackOptions {
  dataDir: string;
  /** What API and worker are started with; ours is added. */
  env: NodeJS.ProcessEnv;
  /** Compile and restart when a source file changes. */
  reload: boolean;
  say: (line: string) => void;
}

interface Starting extends StackOptions {
  settings: LocalSettings;
  logger: Logger;
  release: ReleaseStack;
  /** What must go at once when the user cannot wait. */
  kills: (() => unknown)[];
  signal: AbortSignal;
}

/**
 * Runs the whole system until a signal asks it to stop, and leaves no process behind.
 * @throws what kept it from starting, or from going on, after everything was stopped
 */
export async function runStack(settings: LocalSettings, options: StackOptions): Promise<void> {
  const { say } = options;
  const logger = createLogger({ level: 'warn', pretty: options.env.LOG_PRETTY === 'true' }, 'local');
  const release = createReleaseStack(logger);
  const kills: Starting['kills'] = [];
  const leaveAtOnce = async () => {
    say('Leaving at once.');
    await Promise.allSettled(kills.toReversed().map((kill) => kill()));
    process.exit(1);
  };
  const { signal } = listenToStopSignals(leaveAtOnce, { isRunByNpm: Boolean(options.env.npm_lifecycle_event) });
  try {
    const { failed } = await startStack({ ...options, settings, logger, release, kills, signal });
    if (!signal.aborted) await Promise.race([once(signal, 'abort'), failed]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (signal.aborted) say('Stopping ...');
    await release.run();
  }
  say('Stopped.');
}

/** `failed` rejects when a part ends for good. */
async function startStack(starting: Starting): Promise<{ failed: Promise<unknown> }> {
  const { settings, release, kills, signal, say, dataDir } = starting;
  const lock = await acquireLock(dataDir, `http://localhost:${settings.apiPort}`);
  release.push('lock', lock, ({ release: unlock }) => unlock());
  kills.push(lock.release);
  const ports = await choosePorts(settings, { patienceMs: lock.wasStale ? PATIENCE_AFTER_CRASH_MS : 0, say });
  signal.throwIfAborted();

  const database = await openDatabase(settings.connectionString, starting);
  release.push('database', database, ({ close }) => close());
  kills.push(database.kill);
  signal.throwIfAborted();
  await migrate(database.connectionString, starting.logger);
  signal.throwIfAborted();
  await loadDemoData(database.connectionString, starting);

  const processes = startProcesses(starting, database, ports);
  await Promise.all(processes.map(({ waitUntilReady }) => waitUntilReady(signal)));
  if (starting.reload) {
    const reload = async () => {
      await migrate(database.connectionString, starting.logger);
      await Promise.all(processes.map(({ restart }) => restart()));
    };
    release.push('reload', reloadOnChange(reload, say), ({ close }) => close());
  }
  say(describe(starting, database, ports));
  return { failed: Promise.race([database.failed, ...processes.map(({ finished }) => finished)]) };
}

function startProcesses(
  { env, settings, release, kills, say }: Starting,
  database: LocalDatabase,
  ports: Ports,
): Supervised[] {
  const common = {
    env: {
      ...env,
      DATABASE_URL: database.connectionString,
      PORT: String(ports.api),
      WORKER_PORT: String(ports.worker),
    },
    closeTimeoutMs: settings.shutdownTimeoutMs + CLOSE_MARGIN_MS,
    say,
  };
  const readyUrl = (host: string | undefined, port: number) => `http://${reachable(host)}:${port}/readyz`;
  const api = {
    name: 'The API',
    entry: import.meta.resolve('@messaging/api/main'),
    readyUrl: readyUrl(env.HOST, ports.api),
  };
  const worker = {
    name: 'The worker',
    entry: import.meta.resolve('@messaging/worker/main'),
    readyUrl: readyUrl(env.WORKER_HOST, ports.worker),
  };
  const processes = [api, worker].map((one) => superviseProcess({ ...common, ...one }));
  release.push('processes', processes, (all) => Promise.all(all.map(({ close }) => close())));
  kills.push(...processes.map(({ kill }) => kill));
  return processes;
}

/** The address at which a server that listens on `host` can be reached from here. */
function reachable(host = ''): string {
  if (['', '0.0.0.0', '::'].includes(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function describe({ reload }: Starting, database: LocalDatabase, ports: Ports): string {
  return [
    '',
    'Ready.',
    `  Console        http://localhost:${ports.api}/console`,
    `  Conversations  http://localhost:${ports.api}/api/conversations`,
    `  Search         http://localhost:${ports.api}/api/conversations?searchValue=hello`,
    `  Contacts       http://localhost:${ports.api}/api/contacts`,
    `  Health         http://localhost:${ports.api}/readyz and http://localhost:${ports.worker}/readyz (worker)`,
    `  Data           ${database.description}`,
    reload ? '  Changes of source files are compiled and loaded.' : '',
    'Ctrl-C stops everything.',
    '',
  ]
    .filter((line, index, lines) => line !== '' || index === 0 || index === lines.length - 1)
    .join('\n');
}
