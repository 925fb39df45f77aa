import { parser } from '@prometheus-io/lezer-promql';

const RATE_INTERVAL = '5m';

/** Names of the metrics that an expression reads. @throws where it is no PromQL */
export function listMetrics(expression: string): string[] {
  const text = expression.replaceAll('$__rate_interval', RATE_INTERVAL); // a variable of Grafana's
  const metrics: string[] = [];
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${text}`);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector')
        metrics.push(text.slice(node.from, node.to));
    },
  });
  return metrics;
}
