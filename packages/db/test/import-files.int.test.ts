import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;
let folder: string;

beforeEach(async () => {
  fixture = await createFixture();
  folder = await mkdtemp(join(tmpdir(), 'messaging-import-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await fixture.close();
});

const PROGRAM = join(import.meta.dirname, '../dist/bin/import.js');

interface Result {
  code: number;
  output: string;
  errors: string;
}

/** Runs the program as `npm run db:import` does, in the folder of the files. */
function runImport(...args: string[]): Promise<Result> {
  const env = { DATABASE_URL: fixture.connectionString, INIT_CWD: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env, cwd: tmpdir() }, (error, output, errors) => {
      resolve({ code: Number(error?.code ?? 0), output, errors });
    });
  });
}

async function file(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), content);
  return name;
}

const lines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const rowsOf = async (text: string) => (await fixture.pool.query(text)).rows;

const CONTACTS = [
  { externalId: 'a', name: 'Ada', phoneNumber: '+1 555 0100', createdAt: '2019-05-05T09:00:00Z' },
  { externalId: 'b', name: 'Bo', phoneNumber: '+1 555 0101' },
];
const MESSAGES = [
  { contactExternalId: 'a', content: 'one', direction: 'inbound', createdAt: '2020-01-01T00:00:00Z' },
  { contactExternalId: 'b', content: 'two', clientMessageId: '2' },
];

test('imports contacts and messages, plain and zipped, in one call', async () => {
  await file('contacts.ndjson', lines(CONTACTS));
  await file('messages.ndjson.gz', gzipSync(lines(MESSAGES)));
  expect(await runImport('contacts.ndjson', 'messages.ndjson.gz')).toEqual({
    code: 0,
    errors: '',
    output:
      'contacts.ndjson: 2 created, 0 updated, 0 unchanged, 0 rejected\n' +
      'messages.ndjson.gz: 2 imported, 0 duplicates, 0 rejected\n',
  });
  expect(
    await rowsOf(
      'select external_id, content, direction from messages join contacts c on c.id = contact_id order by 1',
    ),
  ).toEqual([
    { external_id: 'a', content: 'one', direction: 'inbound' },
    { external_id: 'b', content: 'two', direction: null },
  ]);
});

test('a clean import leaves no file of errors, and a dry run of what is there creates nothing', async () => {
  await file('contacts.ndjson', lines(CONTACTS));
  await file('again.ndjson', lines(CONTACTS));
  await runImport('contacts.ndjson');
  expect((await readdir(folder)).sort()).toEqual(['again.ndjson', 'contacts.ndjson']);
  const { output } = await runImport('--dry-run', 'again.ndjson', 'contacts.ndjson');
  expect(output).toBe(
    'again.ndjson: 0 created, 0 updated, 2 unchanged, 0 rejected (would be)\n' +
      'contacts.ndjson: 0 created, 0 updated, 2 unchanged, 0 rejected (would be)\n',
  );
});

test('a file that was imported is not imported again, unless it is asked for', async () => {
  await file('messages.ndjson', lines([{ contactId: 1, content: 'once' }]));
  await fixture.pool.query("insert into contacts (name, phone_number) values ('Ada', '1')");
  await runImport('messages.ndjson');
  const again = await runImport('messages.ndjson');
  expect(again.output).toBe('messages.ndjson: 1 imported, 0 duplicates, 0 rejected (before; nothing was done now)\n');
  expect(await rowsOf('select count(*)::int from messages')).toEqual([{ count: 1 }]);
  await runImport('--again', 'messages.ndjson');
  expect(await rowsOf('select count(*)::int from messages')).toEqual([{ count: 2 }]);
  await file('messages.ndjson', lines([{ contactId: 1, content: 'changed' }]));
  const changed = await runImport('messages.ndjson');
  expect(changed.code).toBe(2);
  expect(changed.errors).toContain('has changed since');
});

test('reads CSV: other names of columns, quoted newlines, a byte order mark, empty cells', async () => {
  await file(
    'contacts.csv',
    '\ufeffexternal_id,name,phone_number,created_at,email\r\na,"Ada, ""the"" first",+1 555 0100,2019-05-05T09:00:00Z,x\r\n,Bo,+1 555 0101,,\r\n',
  );
  await file(
    'messages.csv',
    'contact_external_id,content,direction,created_at\na,"two\nlines, and a comma",inbound,2020-01-02 03:04:05.000006+00\n\na,last,,\n',
  );
  const result = await runImport('--ignore', 'email', 'contacts.csv', 'messages.csv');
  expect(result).toMatchObject({ code: 0, errors: '' });
  expect(await rowsOf('select external_id, name from contacts order by id')).toEqual([
    { external_id: 'a', name: 'Ada, "the" first' },
    { external_id: null, name: 'Bo' },
  ]);
  const second = "created_at = '2020-01-02 03:04:05.000006Z' as dated";
  expect(await rowsOf(`select content, direction, ${second} from messages order by id`)).toEqual([
    { content: 'two\nlines, and a comma', direction: 'inbound', dated: true },
    { content: 'last', direction: null, dated: false },
  ]);
});

test('rejected lines are listed with the line of the file, and written to a file', async () => {
  await file('contacts.csv', 'name,phone_number\nAda,1\n"Bo\nand more",none\nEve,2,extra\nMax,3\n');
  const result = await runImport('contacts.csv');
  expect(result.code).toBe(1);
  expect(result.output).toBe(
    'contacts.csv: 2 created, 0 updated, 0 unchanged, 2 rejected\n' +
      '  line 4: phoneNumber: must contain a digit\n' +
      '  line 5: column 3: is not known\n' +
      `  all rejected lines: ${join(folder, 'contacts.csv.errors.ndjson')}\n`,
  );
  const errors = (await readFile(join(folder, 'contacts.csv.errors.ndjson'), 'utf8')).trimEnd().split('\n');
  expect(errors.map((line) => JSON.parse(line).line)).toEqual([4, 5]);
});

test.each([
  ['', 'The file is empty'],
  ['name,phone\nAda,1\n', '"phone" is not known'],
  ['name,phone\nAda,1\n', 'phoneNumber is missing'],
  ['content,direction\nx,inbound\n', 'contactId or contactExternalId is missing'],
  ['name,name,phoneNumber\nAda,Bo,1\n', 'name is there twice'],
  [Buffer.from('name,phoneNumber\nJos\xe9,1\n', 'latin1'), 'is not UTF-8'],
  ['name,phoneNumber\nAda,1\n"Bo,2\n', 'Quote Not Closed'],
  [gzipSync(lines(CONTACTS)).subarray(0, 60), 'unexpected end of file'],
])('a file that cannot be read stops the import: %j', async (content, message) => {
  await file('bad', content);
  const { code, errors, output } = await runImport('bad');
  expect([code, errors, output]).toEqual([2, expect.stringContaining(message), '']);
});

test('a contact called "content" is a contact, and a first line of a megabyte is read at once', async () => {
  await file('contacts.ndjson', lines([{ name: 'content', phoneNumber: '1' }]));
  await file('messages.ndjson', lines([{ contactId: 1, content: 'x'.repeat(1_000_000) }]));
  expect(await runImport('contacts.ndjson', 'messages.ndjson')).toMatchObject({ code: 0, errors: '' });
});

test('a file whose errors cannot be written is not imported', async () => {
  await file('contacts.ndjson', lines([...CONTACTS, { name: '', phoneNumber: '1' }]));
  await mkdir(join(folder, 'contacts.ndjson.errors.ndjson'));
  const { code, errors } = await runImport('contacts.ndjson');
  expect([code, errors]).toEqual([2, expect.stringContaining('EISDIR')]);
  expect(await rowsOf('select count(*)::int from contacts')).toEqual([{ count: 0 }]);
});

test('a file that is not there stops the import, after those before it', async () => {
  await file('contacts.ndjson', lines(CONTACTS));
  const { code, errors, output } = await runImport('contacts.ndjson', 'missing.ndjson');
  expect([code, output]).toEqual([2, 'contacts.ndjson: 2 created, 0 updated, 0 unchanged, 0 rejected\n']);
  expect(errors).toContain('missing.ndjson: ENOENT');
});

test('a dry run stores nothing, and says what would happen, also to messages of contacts that are not there yet', async () => {
  await file('contacts.ndjson', lines([...CONTACTS, { name: '', phoneNumber: '1' }]));
  await file('messages.ndjson', lines([...MESSAGES, { contactExternalId: 'nobody', content: 'x' }]));
  const { code, output } = await runImport('--dry-run', 'contacts.ndjson', 'messages.ndjson');
  expect(code).toBe(1);
  expect(output).toBe(
    'contacts.ndjson: 2 created, 0 updated, 0 unchanged, 1 rejected (would be)\n' +
      '  line 3: name: must not be blank\n' +
      'messages.ndjson: 2 imported, 0 duplicates, 1 rejected (would be)\n' +
      '  line 3: There is no contact with the externalId "nobody".\n',
  );
  for (const table of ['contacts', 'messages', 'conversation_changes', 'list_sizes', 'idempotency_keys']) {
    const where = table === 'list_sizes' ? 'where change <> 0' : '';
    expect(await rowsOf(`select '${table}' as table, count(*)::int from ${table} ${where}`)).toEqual([
      { table, count: 0 },
    ]);
  }
});

// The lock keeps the second batch from being stored until the program is killed.
test('an import that is stopped goes on where it stopped, and stores nothing twice', async () => {
  await fixture.pool.query("insert into contacts (name, phone_number) values ('Ada', '1'), ('Bo', '2')");
  const rows = Array.from({ length: 12_000 }, (_, i) => ({ contactId: i < 5_000 ? 1 : 2, content: `message ${i}` }));
  await file('messages.ndjson', lines(rows));
  const locker = await fixture.connect();
  await locker.query('begin');
  await locker.query('select from contacts where id = 2 for update');
  const env = { DATABASE_URL: fixture.connectionString, INIT_CWD: folder };
  const child = execFile(process.execPath, [PROGRAM, 'messages.ndjson'], { env });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await fixture.untilSomeoneWaits();
  child.kill('SIGKILL');
  await ended;
  await locker.query('rollback');
  expect(await rowsOf('select count(*)::int from messages')).toEqual([{ count: 5_000 }]);
  await fixture.pool.query("update idempotency_keys set leased_until = now() - interval '1 second'"); // as after 15 s
  const { code, output } = await runImport('messages.ndjson');
  expect([code, output]).toEqual([0, 'messages.ndjson: 12,000 imported, 0 duplicates, 0 rejected\n']);
  expect(await rowsOf('select count(*)::int, count(distinct content)::int as different from messages')).toEqual([
    { count: 12_000, different: 12_000 },
  ]);
});
