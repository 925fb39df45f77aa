import { fileURLToPath } from 'node:url';
import type { Bench } from '../context.ts';
import { get, getJson, measureHttp } from '../http/load.ts';
import { type ServerProcess, startPeerProcess } from '../http/processes.ts';
import { measureLoop } from '../loop.ts';
import { interleave } from '../rounds.ts';
import { atLeast, format, type Row } from '../row.ts';
import type { Figure } from '../stats.ts';
import { openStatementLoops } from './statement-loops.ts';
import { startUsual } from './usual-process.ts';

const CONNECTIONS = 8;
const FIRST = '/api/conversations';

interface ListPage {
  pagination: { totalPages: number; nextCursor: string };
}

/**
 * The list: first page, last page by number, and by cursor from the middle, compared with the usual design and the
 * floor.
 */
export async function benchList(bench: Bench): Promise<Row[]> {
  const { api, options } = bench;
  const { totalPages } = (await getJson<ListPage>(api.origin, FIRST)).pagination;
  const middle = await getJson<ListPage>(api.origin, `${FIRST}?page=${Math.ceil(totalPages / 2)}`);
  const last = `${FIRST}?page=${totalPages - 1}`; // the last full page is the last but one
  const byCursor = `${FIRST}?cursor=${middle.pagination.nextCursor}`;
  const usual = await startUsual(bench);
  const floor = await startFloor(bench, (await get(api.origin, FIRST)).body);
  const statements = await openStatementLoops(bench.data.connectionString, CONNECTIONS);
  const workers = { workers: CONNECTIONS, seconds: options.roundSeconds };
  const load = { connections: CONNECTIONS, seconds: options.roundSeconds };
  const measure =
    ({ origin }: ServerProcess, path: string) =>
    () =>
      measureHttp(origin, path, load);
  try {
    await measureHttp(api.origin, FIRST, { ...load, seconds: 1 });
    const figures = await interleave(options.rounds, {
      ours: measure(api, FIRST),
      usual: measure(usual, FIRST),
      floor: measure(floor, FIRST),
      oursLast: measure(api, last),
      usualLast: measure(usual, last),
      oursCursor: measure(api, byCursor),
      oursQuery: () => measureLoop(workers, statements.runOurs),
      prepared: () => measureLoop(workers, statements.runBare),
    });
    return toRows(figures);
  } finally {
    await statements.close();
    await usual.close();
    await floor.close();
  }
}

type Figures = Record<
  'ours' | 'usual' | 'floor' | 'oursLast' | 'usualLast' | 'oursCursor' | 'oursQuery' | 'prepared',
  Figure
>;

function toRows({ ours, usual, floor, oursLast, usualLast, oursCursor, oursQuery, prepared }: Figures): Row[] {
  const bench = 'list';
  // Everything shares the processors, so the times add up.
  const together = 1 / (1 / floor.perSecond + 1 / prepared.perSecond);
  const ratio = (figure: Figure, other: Figure) => figure.perSecond / other.perSecond;
  return [
    {
      bench,
      what: 'first page',
      figure: ours,
      checks: [atLeast(ratio(ours, floor), 0.75, '× bare Express'), atLeast(ratio(ours, usual), 8, '× usual')],
    },
    {
      bench,
      what: 'last page by number',
      figure: oursLast,
      checks: [atLeast(ratio(oursLast, ours), 0.4, '× first page'), atLeast(ratio(oursLast, usualLast), 8, '× usual')],
    },
    {
      bench,
      what: 'page by cursor, from the middle',
      figure: oursCursor,
      checks: [atLeast(ratio(oursCursor, ours), 0.9, '× first page')],
    },
    { bench, what: 'first page, our statement without HTTP', figure: oursQuery, checks: [] },
    { bench, what: 'usual design, first page', figure: usual, checks: [] },
    { bench, what: 'usual design, last page', figure: usualLast, checks: [] },
    { bench, what: 'floor: bare Express, the same bytes', figure: floor, checks: [] },
    { bench, what: 'floor: bare prepared statement, no HTTP', figure: prepared, checks: [] },
    {
      bench,
      what: 'floor: both of them for each answer (computed)',
      value: `${format(together)}/s; ours is ${format(ours.perSecond / together)} ×`,
      checks: [],
    },
  ];
}

async function startFloor({ release }: Bench, body: string): Promise<ServerProcess> {
  const module = fileURLToPath(new URL('../floor/main.js', import.meta.url));
  const floor = await startPeerProcess(module, { bodies: { [FIRST]: body } });
  return release.push('floor', floor, ({ close }) => close());
}
