import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Running } from '@messaging/shared';
import { PostgreSqlContainer } from '@testcontainers/postgresql';
import {
  GenericContainer,
  getContainerRuntimeClient,
  ImageName,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
import type { PostgresMajor } from '../postgres-binaries.ts';
import { testSettings } from '../postgres-settings.ts';
import type { TestServices } from './test-services.ts';

const REDIS_IMAGE = 'redis:8';
const DEFAULT_SOCKET = '/var/run/docker.sock';
const ENGINE_DEADLINE_MS = 3_000;
const PULL_DEADLINE_MS = 120_000;

/** Containers cannot be used on this machine; the message says why. */
export class NoContainersError extends Error {
  override readonly name = 'NoContainersError';
}

/** PostgreSQL and Redis in containers, which `close` removes. @throws NoContainersError */
export async function startContainers(major: PostgresMajor): Promise<TestServices> {
  const postgresImage = `postgres:${major}`;
  await requireImages([postgresImage, REDIS_IMAGE]);
  const started: StartedTestContainer[] = [];
  const close = async () => {
    await Promise.all(started.map((container) => container.stop()));
  };
  const keep = async <Container extends StartedTestContainer>(starting: Promise<Container>): Promise<Container> => {
    const container = await starting;
    started.push(container);
    return container;
  };
  const [postgres, redis] = await Promise.allSettled([keep(startPostgres(postgresImage)), keep(startRedis())]);
  if (postgres.status === 'rejected' || redis.status === 'rejected') {
    await close();
    const { reason } = (postgres.status === 'rejected' ? postgres : redis) as PromiseRejectedResult;
    throw new NoContainersError(`containers do not start: ${firstLine(reason)}`, { cause: reason });
  }
  return {
    description: `containers ${postgresImage} and ${REDIS_IMAGE}`,
    databaseUrl: postgres.value.getConnectionUri(),
    redisUrl: `redis://${redis.value.getHost()}:${redis.value.getFirstMappedPort()}`,
    close,
  };
}

function startPostgres(image: string) {
  const settings = Object.entries(testSettings()).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return new PostgreSqlContainer(image).withCommand(['postgres', ...settings]).start();
}

function startRedis(extra: string[] = [], tmpfs: Record<string, string> = {}) {
  return new GenericContainer(REDIS_IMAGE)
    .withCommand(['redis-server', '--save', '', '--maxmemory-policy', 'noeviction', ...extra]) // BullMQ must not lose keys
    .withTmpFs(tmpfs)
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
    .start();
}

/** A Redis of a test's own. */
export interface TestRedis extends Running {
  host: string;
  port: number;
  /** @throws when the command's exit code is not 0 */
  exec: (command: string[]) => Promise<string>;
}

/** Starts an empty Redis in a container; with `diskMb`, it logs its writes to a disk of that size. */
export async function startTestRedis(diskMb?: number): Promise<TestRedis> {
  const container = diskMb
    ? await startRedis(['--appendonly', 'yes', '--appendfsync', 'everysec'], { '/data': `rw,size=${diskMb}m,mode=777` })
    : await startRedis();
  return {
    host: container.getHost() === 'localhost' ? '127.0.0.1' : container.getHost(),
    port: container.getFirstMappedPort(),
    async exec(command) {
      const { exitCode, output } = await container.exec(command);
      if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${output}`);
      return output;
    },
    close: async () => void (await container.stop({ timeout: 0 })),
  };
}

/** An engine may answer and still have no images and no registry to get them from. */
async function requireImages(images: string[]): Promise<void> {
  const client = await findEngine().catch((error: unknown) => {
    throw new NoContainersError('no Docker engine answers', { cause: error });
  });
  for (const image of images.map((name) => ImageName.fromString(name))) {
    if (await client.image.exists(image)) continue;
    await failAfter(PULL_DEADLINE_MS, client.image.pull(image)).catch((error: unknown) => {
      throw new NoContainersError(`image ${image.string} cannot be pulled: ${firstLine(error)}`, { cause: error });
    });
  }
}

async function findEngine() {
  // testcontainers would wait, and keep this process, for ever when an engine takes the connection and then hangs.
  const socketPath = findSocket();
  if (socketPath) await ping(socketPath);
  return failAfter(ENGINE_DEADLINE_MS, getContainerRuntimeClient());
}

function findSocket(): string | undefined {
  // biome-ignore lint/style/noProcessEnv: how every Docker client is told where the engine is
  const host = process.env.DOCKER_HOST;
  if (host) return host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
  return existsSync(DEFAULT_SOCKET) ? DEFAULT_SOCKET : undefined;
}

async function ping(socketPath: string): Promise<void> {
  const asked = request({ socketPath, path: '/_ping', signal: AbortSignal.timeout(ENGINE_DEADLINE_MS) }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
}

/** Resolves as `promise` does. @throws Error after `timeoutMs` */
function failAfter<Value>(timeoutMs: number, promise: Promise<Value>): Promise<Value> {
  const timeout = wait(timeoutMs, undefined, { ref: false }).then(() => {
    throw new Error(`no answer in ${timeoutMs} ms`);
  });
  return Promise.race([promise, timeout]);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.trim() ?? '';
}
