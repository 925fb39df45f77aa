import type { Pool, Queryable } from '../src/connection/pool.ts';

/** A node of a plan, as far as we look at it. */
export interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: Node[];
}

/** Runs a read with each of its statements explained, and returns all nodes of their plans that were executed. */
export async function plansOf(pool: Pool, read: (db: Queryable) => Promise<unknown>): Promise<Node[]> {
  const nodes: Node[] = [];
  const client = await pool.connect();
  const explaining = {
    async query(statement: { text: string; values: unknown[] }) {
      if (!/^\s*(set|reset|begin|commit|fetch|close)/.test(statement.text)) {
        const { rows } = await client.query(`explain (analyze, format json) ${statement.text}`, statement.values);
        nodes.push(...nodesOf(rows[0]['QUERY PLAN'][0].Plan));
      }
      return client.query(statement.text, statement.values);
    },
  } as unknown as Queryable;
  try {
    await read(explaining);
  } finally {
    client.release();
  }
  return nodes.filter((node) => node['Actual Loops'] > 0);
}

/** A node with all below it. */
export const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Whether a node reads a table, or a partition of it. */
const isOf = (node: Node, table: string): boolean =>
  new RegExp(`^${table}(_\\d+_of_\\d+)?$`).test(node['Relation Name'] ?? '');

/** The partitions (or the table itself) that were looked at, each once. */
export const relationsRead = (nodes: Node[], table: string): string[] => [
  ...new Set(nodes.filter((node) => isOf(node, table)).map((node) => node['Relation Name'] ?? '')),
];

export const sequentialScansOf = (nodes: Node[], table: string) =>
  nodes.filter((node) => node['Node Type'].includes('Seq Scan') && isOf(node, table));

export const sortedRows = (nodes: Node[]) =>
  Math.max(
    0,
    ...nodes.filter((node) => node['Node Type'] === 'Sort').map((node) => node['Actual Rows'] * node['Actual Loops']),
  );

export const rowsRead = (nodes: Node[], table: string) =>
  nodes.filter((node) => isOf(node, table)).reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0);
