import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { apiEnv } from '@messaging/api';
import { workerEnv } from '@messaging/worker';
import { parse } from 'yaml';

interface Service {
  image: string;
  environment?: Record<string, string>;
  stop_grace_period?: string;
  ports?: string[];
  restart?: string;
  deploy?: { resources: { limits: { memory: string } } };
}

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const { services } = parse(read('infra/compose.yaml'), { merge: true }) as { services: Record<string, Service> };
const dockerfile = read('Dockerfile');

/** As compose fills in `${NAME:-value}` where nothing is set. */
const withDefaults = (value: string) => value.replace(/\$\{\w+:?-([^}]*)\}/g, '$1');

const processes = [
  { name: 'api', shape: apiEnv.shape },
  { name: 'worker', shape: workerEnv.shape },
];

test.each(processes)('$name gets settings that it reads, with values that pass', ({ name, shape }) => {
  const known = shape as Record<string, { safeParse: (value: unknown) => { success: boolean } } | undefined>;
  for (const [setting, value] of Object.entries(services[name]?.environment ?? {})) {
    const given = withDefaults(value) || undefined; // an empty variable counts as unset
    expect([setting, known[setting]?.safeParse(given).success]).toEqual([setting, true]);
  }
});

test.each(processes)('$name has time to close before it is killed', ({ name }) => {
  const { environment = {}, stop_grace_period = '' } = services[name] ?? {};
  const timeoutMs = Number(environment.SHUTDOWN_TIMEOUT_MS);
  expect(Number(/^(\d+)s$/.exec(stop_grace_period)?.[1]) * 1_000).toBeGreaterThan(timeoutMs);
  expect(timeoutMs).toBeGreaterThan(Number(withDefaults(environment.SHUTDOWN_DRAIN_MS ?? '0')));
});

test('what is published is published on loopback only', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.map((port) => port.split(':')[0])).toEqual(['127.0.0.1', '127.0.0.1']);
});

test('every service that goes on is started again, and may not take the whole memory', () => {
  for (const [name, { restart, deploy }] of Object.entries(services)) {
    if (name === 'migrate') continue;
    expect([name, restart, typeof deploy?.resources.limits.memory]).toEqual([name, 'unless-stopped', 'string']);
  }
});

test('no image is of whatever version comes next', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
  const stages = [...dockerfile.matchAll(/ AS (\w+)$/gm)].map(([, stage]) => stage);
  const images = [...bases, ...Object.values(services).map(({ image }) => withDefaults(image))];
  for (const image of images.filter((name) => !stages.includes(name)))
    expect(image).toMatch(/^[a-z/]+:(?!latest)[\w.-]+$/);
});

test('the image knows the packages that API and worker are made of', () => {
  const needed = new Set(['apps/api', 'apps/worker']);
  for (const folder of needed) {
    const { dependencies = {} } = JSON.parse(read(`${folder}/package.json`)) as {
      dependencies?: Record<string, string>;
    };
    for (const name of Object.keys(dependencies).filter((dependency) => dependency.startsWith('@messaging/')))
      needed.add(name.replace('@messaging/', name === '@messaging/console' ? 'apps/' : 'packages/'));
  }
  for (const folder of needed) {
    expect(dockerfile).toContain(`\nCOPY ${folder}/package.json ${folder}/\n`);
    expect(dockerfile).toContain(`\nCOPY --from=build /app/${folder}/dist ${folder}/dist\n`);
  }
});

const programs = [...read('infra/docker/run.mjs').matchAll(/^ {2}(\w+): '\.\.\/\.\.\/([^']+)\.js'/gm)].map(
  ([, name = '', path = '']) => ({ name, source: `${path.replace('/dist/', '/src/')}.ts` }),
);

test('the entry point runs every program of ours, and docs/operations.md lists them', () => {
  const bins = ['packages/db/src/bin', 'apps/worker/src/bin'].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT)).map((file) => `${folder}/${file}`),
  );
  const sources = programs.map(({ source }) => source);
  expect(sources.sort()).toEqual(['apps/api/src/main.ts', 'apps/worker/src/main.ts', ...bins].sort());
  const [, listed = ''] =
    /The image is one for all: ([^.]*) as its first argument/.exec(read('docs/operations.md')) ?? [];
  expect(listed.match(/\w+/g)?.sort()).toEqual(programs.map(({ name }) => name).sort());
});

/** `new URL('../roles.sql', import.meta.url)` in the sources of what the image runs, as paths from the root. */
function listFilesReadBeside(folder: string): string[] {
  const sources = readdirSync(new URL(`${folder}/src`, ROOT), { recursive: true, encoding: 'utf8' });
  return sources
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const path = `${folder}/src/${file}`;
      const mentioned = [...read(path).matchAll(/new URL\(\s*'([^']+)',\s*import\.meta\.url/g)];
      return mentioned.map(([, relative = '']) => join(dirname(path), relative));
    });
}

test('the image has every file that its programs read', () => {
  const [, lastStage = ''] = dockerfile.split(/^(?=FROM debian)/m);
  const copied = [...lastStage.matchAll(/^COPY --from=build \/app\/(\S+) /gm)].map(([, source = '']) => source);
  const files = ['apps/api', 'apps/worker', 'packages/db', 'packages/shared'].flatMap(listFilesReadBeside);
  expect(files).toContain('packages/db/roles.sql');
  for (const file of files) expect([file, copied.some((source) => isCopied(file, source))]).toEqual([file, true]);
});

/** Whether COPY takes `file` along; its `*` stands for no `/`. */
function isCopied(file: string, source: string): boolean {
  const pattern = source.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  return new RegExp(`^${pattern}(/|$)`).test(file);
}
