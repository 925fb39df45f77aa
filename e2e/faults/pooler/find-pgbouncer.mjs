import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of the program PgBouncer; undefined where it is not installed. A plain user's PATH has not always /usr/sbin. */
export function findPgBouncer() {
  // biome-ignore lint/style/noProcessEnv: where every shell looks for programs
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
