import type { Operation } from './fixed-rates.ts';
import type { Group, Traffic } from './traffic.ts';

const LIST = '/api/conversations';

/**
 * One term of each kind: names, phones, words, single characters, scripts, terms without index support, terms without a
 * match.
 */
const TERMS = [
  'the',
  'tomorrow',
  'garcia',
  'JOSÉ',
  '555',
  '(555) 0',
  'é',
  'ok',
  '明天',
  '😂',
  '100%',
  'can order the',
  'zzzqqq',
  'qz',
];

interface Page {
  pagination: { totalPages: number; nextCursor: string | null };
}

/** The operations of clients that only read. */
export function createReads({ call }: Traffic, nextContact: () => number): Operation[] {
  let number = 0;
  const next = (count: number) => number++ % count;
  const get = (group: Group, path: () => string) => async () => void (await call(group, path()));
  return [
    { perSecond: 10, run: get('list', () => LIST) },
    { perSecond: 4, run: get('list', () => `${LIST}?page=${1 + next(30)}`) },
    { perSecond: 1, run: () => walk(call, LIST) },
    { perSecond: 8, run: get('thread', () => `/api/contacts/${nextContact()}/messages`) },
    { perSecond: 2, run: get('thread', () => `/api/contacts/${nextContact()}/messages?page=2`) },
    { perSecond: 2, run: get('thread', () => `/api/contacts/${nextContact()}`) },
    { perSecond: 1, run: get('thread', () => `/api/contacts?page=${1 + next(30)}`) },
    {
      perSecond: 4,
      run: get('search', () => `${LIST}?searchValue=${encodeURIComponent(TERMS[next(TERMS.length)] ?? '')}`),
    },
  ];
}

/** A few pages by cursor. */
async function walk(call: Traffic['call'], path: string): Promise<void> {
  let cursor: string | null = '';
  for (let page = 0; page < 5 && cursor !== null; page++) {
    const query: string = cursor && `?cursor=${encodeURIComponent(cursor)}`;
    const { body }: { body: Page } = await call<Page>('list', path + query);
    cursor = body.pagination.nextCursor;
  }
}
