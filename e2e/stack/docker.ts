import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The root of the repository, which the image is built from. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `docker` with these arguments and returns what it printed. @throws with both outputs; after `timeoutMs` too */
export async function docker(
  args: string[],
  { timeoutMs = 60_000, env = {} }: { timeoutMs?: number; env?: Record<string, string> } = {},
): Promise<string> {
  try {
    const { stdout } = await run('docker', args, {
      cwd: ROOT,
      timeout: timeoutMs,
      maxBuffer: 16 * 1024 * 1024,
      // biome-ignore lint/style/noProcessEnv: how every Docker client is told where the engine is
      env: { ...process.env, ...env },
    });
    return stdout.trim();
  } catch (error) {
    const { stdout, stderr, killed } = error as { stdout?: string; stderr?: string; killed?: boolean };
    const how = killed ? `did not end in ${timeoutMs} ms` : 'failed';
    throw new Error(`docker ${args.join(' ')} ${how}\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}
