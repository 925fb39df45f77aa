import { EventEmitter } from 'node:events';
import type { watch } from 'node:fs';
import { expect, test } from '@jest/globals';
import { reloadOnChange } from './reload.ts';

test('says which folder it cannot watch any more, and goes on', async () => {
  const lines: string[] = [];
  const watchers = new Map<string, EventEmitter>();
  const watchFolder = ((folder: string) => {
    if (folder.endsWith('migrations')) throw new Error('ENOSPC');
    const watcher = Object.assign(new EventEmitter(), { close: () => {} });
    watchers.set(folder, watcher);
    return watcher;
  }) as unknown as typeof watch;
  const reloading = reloadOnChange(
    async () => {},
    (line) => lines.push(line),
    watchFolder,
  );
  watchers.get('packages/db/src')?.emit('error', new Error('ENOSPC'));
  expect(lines).toEqual(
    ['packages/db/migrations', 'packages/db/src'].map(
      (folder) => `Changes in ${folder} are not noticed any more: ENOSPC`,
    ),
  );
  await reloading.close();
});
