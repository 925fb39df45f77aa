import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Metrics } from '@messaging/shared';
import { parse } from 'yaml';
import { createApiMetrics } from '../../apps/api/src/metrics/api-metrics.ts';
import { createWorkerMetrics } from '../../apps/worker/src/health/worker-metrics.ts';
import { listMetrics } from './promql.ts';

interface Alert {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: { expr: string }[];
}

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const operations = read('../../docs/operations.md');
const prometheus = parse(read('prometheus/prometheus.yaml'));
const { groups } = parse(read('prometheus/alerts.yaml')) as { groups: { rules: Alert[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);
const dashboard = JSON.parse(read('grafana/dashboards/messaging.json')) as { panels: Panel[] };
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const compose = parse(read('../compose.yaml'), { merge: true });

/** The tables of metrics in a text: names in the first column, perhaps with labels, then the type. */
const listDocumented = (text: string) =>
  [...text.matchAll(/^\| (`[^|]+`) \| (\w+) \|/gm)].flatMap(([, cell = '', type = '']) =>
    [...cell.matchAll(/`(\w+)(?:\{([^}`]*)\})?`/g)].map(([, name = '', labels = '']) => ({ name, type, labels })),
  );

/** Names of series: a histogram has three. */
const documented = new Set(
  listDocumented(operations).flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name],
  ),
);
const undocumented = (expression: string) => listMetrics(expression).filter((name) => !documented.has(name));

test('what is no PromQL is found', () => {
  expect(() => listMetrics('sum(rate(up[5m])')).toThrow('no PromQL');
  expect(listMetrics('absent(up{job="a"}) or rate(b_total[5m]) > 0')).toEqual(['up', 'b_total']);
});

test.each(alerts)('alert $alert reads metrics that docs/operations.md lists, and says how bad it is', (rule) => {
  expect(listMetrics(rule.expr).length).toBeGreaterThan(0);
  expect(undocumented(rule.expr)).toEqual([]);
  expect(['critical', 'warning']).toContain(rule.labels.severity);
  expect(rule.annotations.summary).toBeTruthy();
});

/** What a process registers, whether it has had a value yet or not. */
const listExported = async ({ registry }: Metrics) =>
  (await registry.getMetricsAsJSON()).map(({ name, type }) => ({
    name,
    type: String(type),
    labels: (registry.getSingleMetric(name) as unknown as { labelNames: string[] }).labelNames.join(','),
  }));

const unused = () => Promise.reject(new Error('only a scrape asks'));
const processes = [
  { title: "The worker's metrics", metrics: createWorkerMetrics(unused) },
  { title: "The API's metrics", metrics: createApiMetrics({ pools: {}, countReaders: () => 0, readStatus: unused }) },
];
const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);

test.each(processes)('$title are those that docs/operations.md lists, with their types and labels', async (process) => {
  const [, section = ''] = operations.split(`\n## ${process.title}\n`);
  const exported = (await listExported(process.metrics)).filter(({ name }) => name.startsWith('messaging_'));
  expect(listDocumented(section.split('\n## ')[0] ?? '').sort(byName)).toEqual(exported.sort(byName));
});

test('docs/operations.md names no metric that nobody exports', async () => {
  const exported = (await Promise.all(processes.map(({ metrics }) => listExported(metrics)))).flat();
  const known = new Set([...exported.map(({ name }) => name), 'up', 'ALERTS']); // these are Prometheus' own
  expect(listDocumented(operations).filter(({ name }) => !known.has(name))).toEqual([]);
  const named = [...operations.matchAll(/\bmessaging_\w+/g)].map(([name]) => name);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('every alert has a runbook, and every runbook an alert', () => {
  const [, runbooks = ''] = operations.split('\n## Runbooks\n');
  const sections = [...(runbooks.split('\n## ')[0]?.matchAll(/^### (\w+)$/gm) ?? [])].map(([, name]) => name);
  expect(sections.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  for (const { alert, annotations } of alerts)
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
});

test.each(panels)('panel $title reads metrics that docs/operations.md lists, and says what it shows', (panel) => {
  expect(panel.targets?.length).toBeGreaterThan(0);
  for (const { expr } of panel.targets ?? []) expect(undocumented(expr)).toEqual([]);
  expect(panel.description).toBeTruthy();
});

test('panels have ids of their own, the provisioned data source, and a place that no other has', () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const [source] = parse(read('grafana/provisioning/datasources/prometheus.yaml')).datasources;
  expect(new Set(panels.map(({ datasource }) => datasource?.uid))).toEqual(new Set([source.uid]));
  const cells = dashboard.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
    Array.from({ length: h * w }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

test('Prometheus scrapes the services of the compose stack at their ports', () => {
  expect(prometheus.rule_files).toEqual(['alerts.yaml']);
  const jobs = prometheus.scrape_configs.map(
    (job: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }) => [
      job.job_name,
      job.dns_sd_configs[0]?.names,
      job.dns_sd_configs[0]?.port,
    ],
  );
  expect(jobs).toEqual([
    ['api', ['api'], 3000],
    ['worker', ['worker'], Number(compose.services.worker.environment.WORKER_PORT)],
  ]);
});

test('the compose stack mounts the files where their programs look for them', () => {
  const { prometheus: server, grafana } = compose.services;
  expect(server.volumes).toContain('./observability/prometheus:/etc/prometheus:ro');
  expect(server.command).toContain('--config.file=/etc/prometheus/prometheus.yaml');
  expect(grafana.volumes).toContain('./observability/grafana/provisioning:/etc/grafana/provisioning:ro');
  const [{ options }] = parse(read('grafana/provisioning/dashboards/messaging.yaml')).providers;
  expect(grafana.volumes).toContain(`./observability/grafana/dashboards:${options.path}:ro`);
  expect(grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(`${options.path}/messaging.json`);
});
