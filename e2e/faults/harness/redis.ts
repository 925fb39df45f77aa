import { startTestRedis } from '@messaging/local/testing';
import { onCleanUp } from './clean-up.ts';
import { startProxy } from './proxy.ts';

/** A Redis whose URL stays when it is stopped and another, empty one takes its place. */
export interface OwnRedis {
  url: string;
  /** Kills it. */
  stop: () => Promise<void>;
  /** Starts an empty one. */
  start: () => Promise<void>;
  /** Lets every connection that is open now fall silent without closing it. */
  silence: () => void;
  /** Runs a program beside the server, such as redis-cli. @throws when its exit code is not 0 */
  exec: (...command: string[]) => Promise<string>;
}

/** Starts Redis in a container; with `diskMb`, its log of writes goes to a disk of that size. */
export async function startRedis({ diskMb }: { diskMb?: number } = {}): Promise<OwnRedis> {
  let redis = await startTestRedis(diskMb);
  let running = true;
  const proxy = await startProxy(redis.port, redis.host);
  const stop = async () => {
    if (!running) return;
    running = false;
    proxy.refuse();
    await redis.close();
  };
  onCleanUp(stop);
  return {
    url: `redis://127.0.0.1:${proxy.port}`,
    stop,
    async start() {
      redis = await startTestRedis(diskMb);
      running = true;
      proxy.restore(redis.port);
    },
    silence: () => void proxy.silence(),
    exec: (...command) => redis.exec(command),
  };
}
