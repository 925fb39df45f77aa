import type { Bench } from '../context.ts';
import { measureHttp } from '../http/load.ts';
import { atLeast, atMost, type Row } from '../row.ts';
import { type Sample, toFigure } from '../stats.ts';
import { collectTerms, UNSERVED_TERMS } from './search-terms.ts';
import { withClient } from './with-client.ts';

const SEARCH_CLIENTS = 16;
const LIST_CLIENTS = 2;
const LIST = '/api/conversations';

/**
 * Sixteen clients that search continuously, every tenth time for a rare term that no trigram index supports, and two
 * that read the list.
 */
export async function benchClients({ api, data, options }: Bench): Promise<Row[]> {
  const classes = await withClient(data.connectionString, collectTerms);
  const others = classes.flatMap(({ terms }) => terms);
  const seconds = options.isQuick ? 2 : 10;
  const list = () => measureHttp(api.origin, LIST, { connections: LIST_CLIENTS, seconds });
  const next = createMix(others, UNSERVED_TERMS);
  const search = () => measureHttp(api.origin, next, { connections: SEARCH_CLIENTS, seconds });
  const samples: Record<'alone' | 'meanwhile' | 'searches', Sample[]> = { alone: [], meanwhile: [], searches: [] };
  for (let round = 0; round < (options.isQuick ? 1 : 3); round++) {
    samples.alone.push(await list());
    const [searches, meanwhile] = await Promise.all([search(), list()]);
    samples.searches.push(searches);
    samples.meanwhile.push(meanwhile);
  }
  const [searches, meanwhile, alone] = [samples.searches, samples.meanwhile, samples.alone].map(toFigure);
  if (!searches || !meanwhile || !alone) return [];
  const bench = 'clients';
  return [
    {
      bench,
      what: `${SEARCH_CLIENTS} clients search, one term in ten that no trigram serves`,
      figure: searches,
      checks: [
        atMost(searches.p50Ms, 50, 'ms p50'),
        atMost(searches.p99Ms, 300, 'ms p99'),
        atLeast(searches.perSecond, 150, 'searches/s'),
      ],
    },
    {
      bench,
      what: `list meanwhile, ${LIST_CLIENTS} clients`,
      figure: meanwhile,
      checks: [atMost(meanwhile.p99Ms / alone.p99Ms, 5, '× its unloaded p99')],
    },
    { bench, what: `list unloaded, ${LIST_CLIENTS} clients`, figure: alone, checks: [] },
  ];
}

/** Paths of searches in a fixed order. A step without common factors reaches every term. */
function createMix(others: string[], unserved: string[]): () => string {
  let number = 0;
  return () => {
    number += 1;
    const isUnserved = number % 10 === 0;
    const term = isUnserved ? unserved[(number / 10) % unserved.length] : others[(number * 37) % others.length];
    return `/api/conversations?searchValue=${encodeURIComponent(term ?? '')}`;
  };
}
