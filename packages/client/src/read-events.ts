import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** Which changes are followed, and where. */
export interface FollowTarget {
  /** `https://messages.example`, without a path. */
  baseUrl: string;
  /** Sent as a bearer token; leave it out where the API has no keys. */
  apiKey?: string;
  /** Instead of the global fetch. */
  fetch?: typeof fetch;
  /** Only the conversation of this contact. */
  contactId?: number;
  /** Ends it. */
  signal: AbortSignal;
}

/** Why changes cannot be followed: the request is wrong, its cursor is not known any more, or the service cannot answer now. */
export class FollowError extends Error {
  override readonly name = 'FollowError';
  readonly reason: 'refused' | 'expired' | 'unavailable';

  constructor(reason: 'refused' | 'expired' | 'unavailable', message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The service sends a heartbeat every 10 s. A connection that is silent for so long is broken. */
const SILENT_MS = 30_000;

/**
 * Reads the events of one connection until it ends. A browser's EventSource sends no `Authorization`. @throws FollowError, and
 * what fetch throws
 */
export async function* readEvents(
  { baseUrl, apiKey, contactId, signal, fetch: request = fetch }: FollowTarget,
  after: string,
): AsyncGenerator<EventSourceMessage> {
  const query = new URLSearchParams({ after, ...(contactId === undefined ? {} : { contactId: String(contactId) }) });
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const response = await request(`${baseUrl}/api/changes?${query}`, {
      headers: { accept: 'text/event-stream', ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || response.body === null) throw await toError(response);
    const events: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (event) => events.push(event) });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const chunk = await reader.read();
      clearTimeout(timer); // while whoever reads the events works, nothing is silent
      if (chunk.done) return;
      parser.feed(chunk.value);
      yield* events.splice(0);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
    }
  } finally {
    clearTimeout(timer);
    silence.abort(); // also where the reader of the events stops in the middle
  }
}

async function toError(response: Response): Promise<FollowError> {
  const { detail = response.statusText } = (await response.json().catch(() => ({}))) as { detail?: string };
  const { status } = response;
  const isTemporary = status === 408 || status === 429 || status >= 500;
  return new FollowError(status === 410 ? 'expired' : isTemporary ? 'unavailable' : 'refused', detail);
}
