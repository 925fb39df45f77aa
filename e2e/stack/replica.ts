import type { ComposeStack } from './compose-stack.ts';
import { docker } from './docker.ts';

/** Containers of a test beside the stack, which `remove` takes away. */
export interface ReplicaAndApi {
  replica: string;
  api: string;
  remove: () => Promise<void>;
}

const NAME = 'messaging-replica';
/** Of our own: what is written here would change what other tests read. */
const DATABASE = 'replicated';
const ACCESS = 'host replication all all scram-sha-256';
/** A copy of the primary, once, and then a standby that follows it. */
const FOLLOW = `test -s $PGDATA/PG_VERSION || pg_basebackup --host=postgres --username=messaging --pgdata=$PGDATA \
  --write-recovery-conf --checkpoint=fast && exec docker-entrypoint.sh postgres`;

/** Starts a streaming replica of the stack's PostgreSQL, and an API that reads from it, with a small database of its own. */
export async function startReplicaAndApi(stack: ComposeStack): Promise<ReplicaAndApi> {
  await stack.compose(['exec', '-T', 'postgres', 'sh', '-c', `echo '${ACCESS}' >>$PGDATA/pg_hba.conf`]);
  await stack.compose(['exec', '-T', 'postgres', 'psql', '-U', 'messaging', '-c', 'select pg_reload_conf()']);
  await stack.compose(['exec', '-T', 'postgres', 'createdb', '-U', 'messaging', DATABASE]);
  const ofOurs = ['run', '--rm', '--no-deps', '--env', `DB_NAME=${DATABASE}`, 'migrate'];
  await stack.compose([...ofOurs, 'migrate']);
  await stack.compose([...ofOurs, 'seed', '--contacts', '200', '--messages', '2000', '--seed', '1']);
  const [postgres = ''] = await stack.containers('postgres');
  const format = '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}';
  const network = await docker(['inspect', '--format', format, postgres]);
  const started: string[] = [];
  const start = async (...args: string[]) => {
    const id = await docker(['run', '--detach', '--network', network, ...args]);
    started.push(id);
    return id;
  };
  const remove = async () => {
    if (started.length > 0) await docker(['rm', '--force', '--volumes', ...started]);
  };
  try {
    const asPostgres = ['--user', 'postgres', '--env', 'PGPASSWORD=local-only', '--entrypoint', 'sh'];
    const replica = await start('--network-alias', NAME, ...asPostgres, 'postgres:18', '-c', FOLLOW);
    const url = (host: string) => `postgresql://messaging:local-only@${host}:5432/${DATABASE}`;
    const settings = ['AUTH=off', `DATABASE_URL=${url('postgres')}`, `DATABASE_READ_URL=${url(NAME)}`];
    const env = settings.flatMap((setting) => ['--env', setting]);
    const api = await start('--publish', '127.0.0.1::3000', ...env, stack.image);
    return { replica, api, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
