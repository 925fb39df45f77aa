export type View = 'conversations' | 'messages' | 'contacts';
export type Direction = 'inbound' | 'outbound';

/** What the page shows. It is in the address, so that it can be sent to somebody, and the back button works. */
export interface Place {
  view: View;
  search: string;
  contactId: number | null;
  /** The message at which the thread is opened. */
  messageId: number | null;
  direction: Direction | null;
  /** Only messages of this contact. */
  ofContactId: number | null;
  /** Times as the API takes them. */
  from: string | null;
  to: string | null;
}

/** Anything that is not understood is left out: an address may be typed by hand. */
export function readPlace(query: string): Place {
  const given = new URLSearchParams(query);
  const view = given.get('view');
  const direction = given.get('direction');
  return {
    view: view === 'messages' || view === 'contacts' ? view : 'conversations',
    search: given.get('search') ?? '',
    contactId: readId(given.get('contact')),
    messageId: readId(given.get('message')),
    direction: direction === 'inbound' || direction === 'outbound' ? direction : null,
    ofContactId: readId(given.get('of')),
    from: readTime(given.get('from')),
    to: readTime(given.get('to')),
  };
}

/** The query of an address, with its question mark; empty for the first page. */
export function writePlace({ view, search, contactId, messageId, direction, ofContactId, from, to }: Place): string {
  const query = new URLSearchParams();
  if (view !== 'conversations') query.set('view', view);
  const values = { search, contact: contactId, message: messageId, direction, of: ofContactId, from, to };
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== '') query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query}`;
}

function readId(text: string | null): number | null {
  const id = Number(text);
  return text !== null && Number.isSafeInteger(id) && id > 0 ? id : null;
}

const readTime = (text: string | null): string | null => (text !== null && Date.parse(text) > 0 ? text : null);
