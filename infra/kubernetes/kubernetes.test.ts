import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { apiEnv } from '@messaging/api';
import { workerEnv } from '@messaging/worker';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { listUnknownFields } from './unknown-fields.ts';

/** A manifest as it was read; the tests below look at few of its fields. */
interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: its shape is what the schemas check
  spec: any;
  data?: Record<string, string>;
}

const KINDS = { ConfigMap, Deployment, HorizontalPodAutoscaler, Job, PodDisruptionBudget, Service };
const FOLDER = new URL('./', import.meta.url);

const read = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');
const { resources } = parse(read('kustomization.yaml')) as { resources: string[] };
const manifests = resources
  .flatMap((file) => parseAllDocuments(read(file)))
  .map((document) => document.toJS() as Manifest);
const named = (manifest: Manifest) => ({ title: `${manifest.kind} ${manifest.metadata.name}`, manifest });
const podTemplates = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job').map(named);
const deployments = podTemplates.filter(({ manifest }) => manifest.kind === 'Deployment');
const settings = manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};

test('kustomize is told of every file', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
  expect([...resources].sort()).toEqual(files.sort());
});

test.each(manifests.map(named))(
  '$title satisfies the schema of its kind, and has no field the schema does not have',
  ({ manifest }) => {
    const Kind = KINDS[manifest.kind as keyof typeof KINDS];
    expect(manifest.apiVersion).toBe(`${Kind.apiVersion}`);
    const unknown = listUnknownFields(manifest, (watched) => Kind.prototype.validate.call(watched));
    expect(unknown).toEqual([]);
  },
);

test('a misspelt field is found', () => {
  const [{ manifest } = { manifest: undefined }] = deployments;
  const wrong = structuredClone(manifest) as Manifest;
  wrong.spec.template.spec.containers[0].readynessProbe = {};
  const unknown = listUnknownFields(wrong, (watched) => Deployment.prototype.validate.call(watched));
  expect(unknown).toEqual(['/spec/template/spec/containers/0/readynessProbe']);
});

test.each(podTemplates)('$title has no privilege it could lose', ({ manifest }) => {
  const pod = manifest.spec.template.spec;
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(pod.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  for (const container of pod.containers) {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(Object.keys(container.resources)).toEqual(['requests', 'limits']);
  }
});

test.each(deployments)('$title has time to close before it is killed', ({ manifest }) => {
  const graceMs = manifest.spec.template.spec.terminationGracePeriodSeconds * 1_000;
  expect(graceMs).toBeGreaterThan(Number(settings.SHUTDOWN_TIMEOUT_MS));
  expect(Number(settings.SHUTDOWN_TIMEOUT_MS)).toBeGreaterThan(Number(settings.SHUTDOWN_DRAIN_MS));
});

test.each(deployments)('$title is selected by its labels, spread by them, and kept by a budget', ({ manifest }) => {
  const { labels } = manifest.spec.template.metadata;
  const { matchLabels } = manifest.spec.selector;
  expect(labels).toMatchObject(matchLabels);
  for (const { labelSelector } of manifest.spec.template.spec.topologySpreadConstraints)
    expect(labelSelector.matchLabels).toEqual(matchLabels);
  const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ spec }) => spec.selector);
  expect(budgets).toContainEqual({ matchLabels });
});

test('the settings are settings of ours, with values that pass', () => {
  const schemas: Record<string, { safeParse: (value: unknown) => { success: boolean } }> = {
    ...apiEnv.shape,
    ...workerEnv.shape,
  };
  for (const [name, value] of Object.entries(settings))
    expect([name, schemas[name]?.safeParse(value).success]).toEqual([name, true]);
});

/** PostgreSQL's `superuser_reserved_connections`: ours are not of a superuser. */
const RESERVED = 3;
const POSTGRES_DEFAULT = 100;
/** The migrations' connection. */
const MIGRATE = 1;
/** Of each process, for looking whether the database answers. */
const PROBES = 1;
/** Beside its pool and that, where the queue is in Redis: the listener's, a refresh's, and the one that cancels it. */
const WORKER_BESIDE_POOL = 3;

const schemas = { ...apiEnv.shape, ...workerEnv.shape };
const sizeOf = (name: 'DB_POOL_SIZE' | 'SEARCH_POOL_SIZE' | 'COMMAND_POOL_SIZE' | 'IMPORT_POOL_SIZE') =>
  schemas[name].parse(settings[name]);
const perApi =
  sizeOf('DB_POOL_SIZE') +
  sizeOf('SEARCH_POOL_SIZE') +
  sizeOf('COMMAND_POOL_SIZE') +
  sizeOf('IMPORT_POOL_SIZE') +
  PROBES;
const perWorker = sizeOf('DB_POOL_SIZE') + PROBES + WORKER_BESIDE_POOL;

/** Connections that a rollout takes at `replicas` of the API, with what others may not have. */
function countConnections(apis: number): number {
  const specOf = (name: string) =>
    deployments.find(({ manifest }) => manifest.metadata.name === name)?.manifest.spec ?? {};
  const { maxSurge } = specOf('messaging-api').strategy.rollingUpdate;
  const worker = specOf('messaging-worker');
  const workers = worker.replicas + worker.strategy.rollingUpdate.maxSurge;
  return (apis + maxSurge) * perApi + workers * perWorker + MIGRATE + RESERVED;
}

test('a rollout at the most replicas has the connections that config.yaml asks PostgreSQL for', () => {
  const { maxReplicas } = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec ?? {};
  const config = read('config.yaml').replace(/\n *# /g, ' ');
  const [, perApiSaid, perWorkerSaid, needSaid, askedFor] =
    /IMPORT_POOL_SIZE, (\d+);.* cancels it, (\d+)\..* superusers: (\d+)\. Give it max_connections = (\d+)\./.exec(
      config,
    ) ?? [];
  const need = countConnections(maxReplicas);
  expect([perApiSaid, perWorkerSaid, needSaid].map(Number)).toEqual([perApi, perWorker, need]);
  expect(Number(askedFor)).toBeGreaterThanOrEqual(need);

  const [, allowedByDefault] = /With its default of 100 set `maxReplicas` of api.yaml to (\d+)\./.exec(config) ?? [];
  expect(countConnections(Number(allowedByDefault))).toBeLessThanOrEqual(POSTGRES_DEFAULT);
  expect(countConnections(Number(allowedByDefault) + 1)).toBeGreaterThan(POSTGRES_DEFAULT);

  expect(readFileSync(new URL('../../docs/operations.md', FOLDER), 'utf8')).toContain(
    `${perApi} for an API, ${perWorker} for a worker`,
  );
});
