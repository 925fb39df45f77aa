import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type Running, reasonOf } from '@messaging/shared';

const TASKS = join('infra', 'local', 'run.mjs');
const SETTLE_MS = 150; // editors and git write many files at once

/**
 * Compiles when a source file in the working folder changes, and calls `reload` where that succeeded; else the compiler
 * has said why, and what runs goes on running.
 */
export function reloadOnChange(
  reload: () => Promise<void>,
  say: (line: string) => void,
  watchFolder: typeof watch = watch,
): Running {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let closed = false;

  async function compileAndReload(): Promise<void> {
    if (closed) return;
    say('Sources have changed: compiling ...');
    if (!(await compile()) || closed) return;
    await reload().catch((error: Error) => say(error.message));
    say('Reloaded.');
  }

  function onChange(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(compileAndReload);
    }, SETTLE_MS);
  }

  const watchers = listSourceFolders().flatMap((folder) => {
    const onError = (error: unknown) => say(`Changes in ${folder} are not noticed any more: ${reasonOf(error)}`);
    try {
      return [watchFolder(folder, { recursive: true }, onChange).on('error', onError)];
    } catch (error) {
      onError(error); // a system watches a limited number of folders
      return [];
    }
  });
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      await running;
    },
  };
}

function listSourceFolders(): string[] {
  const members = ['apps', 'packages'].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return members
    .flatMap((member) => [join(member, 'src'), join(member, 'migrations')])
    .filter((path) => existsSync(path));
}

async function compile(): Promise<boolean> {
  const build = spawn(process.execPath, [TASKS, 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(build, 'exit');
  return code === 0;
}
