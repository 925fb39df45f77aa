import { benches } from './benches.ts';
import { type Bench, openBench } from './context.ts';
import { restoreData } from './data/restore.ts';
import { measureMemory } from './memory.ts';
import { type BenchOptions, STANDARD } from './options.ts';
import { describeMachine } from './report/machine.ts';
import { type Report, toMarkdown, updateReport, writeReport } from './report/write.ts';
import type { Row } from './row.ts';

export interface Places {
  /** Holds the server's data between runs. */
  dataFolder: string;
  resultsFolder: string;
}

/**
 * Runs the selected benchmarks one after the other and prints one table. A run on the standard data replaces their
 * stored results.
 */
export async function runBenches(
  options: BenchOptions,
  { dataFolder, resultsFolder }: Places,
  { release, say }: Pick<Bench, 'release' | 'say'>,
): Promise<void> {
  const bench = await openBench(options, dataFolder, { release, say });
  const machine = describeMachine(bench.server.version);
  const names = options.names.length > 0 ? options.names : Object.keys(benches);
  const rows: Row[] = [];
  for (const name of names) {
    say(`${name} ...`);
    rows.push(...((await benches[name]?.(bench)) ?? []));
    await restoreData(bench.data.connectionString, bench.data);
  }
  rows.push(await measureMemory(bench.api.pid));
  const report: Report = {
    title: 'Benchmarks',
    finishedAt: new Date().toISOString(),
    machine,
    data: describeData(bench),
    method: `Everything in one run, ${options.rounds} interleaved rounds of ${options.roundSeconds} s; medians, and the lowest and highest rate.`,
    rows,
  };
  say(`\n${toMarkdown(report)}`);
  if (!isStandard(options)) return;
  if (options.names.length === 0) await writeReport(resultsFolder, 'latest', report);
  else await updateReport(resultsFolder, 'latest', report, Object.keys(benches));
}

function describeData({ data: { contacts, messages, clumpMessages } }: Bench): string {
  const [many, most, old] = [contacts, messages, clumpMessages].map((count) => count.toLocaleString('en-US'));
  return `${many} contacts and ${most} messages, and ${old} old ones of one contact.`;
}

function isStandard({ contacts, messages, isQuick }: BenchOptions): boolean {
  return !isQuick && contacts === STANDARD.contacts && messages === STANDARD.messages;
}
