import { createMessagingClient, type MessagingClient } from '@messaging/client';
import { apiKey, askForKey } from './key.ts';
import { recordResponse, recordSilence } from './status.ts';

/** Where the API is: beside this page, also below a path prefix. Without a slash at its end. */
export const BASE_URL = new URL('.', location.href).href.slice(0, -1);

/** The client with the key of this tab. */
export function api(): MessagingClient {
  return createMessagingClient({ baseUrl: BASE_URL, fetch: fetchInTime, ...keyOption() });
}

/** For functions of the client that take a key themselves. */
export const keyOption = (): { apiKey?: string } => (apiKey.value === '' ? {} : { apiKey: apiKey.value });

/** The API refused a request. `message` is what to show. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the client resolves to. */
interface ClientResult<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/**
 * The data of a response.
 * @throws RefusedError for any status of 400 and more, with the detail of its problem
 */
export async function dataOf<Data>(asked: Promise<ClientResult<Data>>): Promise<NonNullable<Data>> {
  return dataOfResult(await asked);
}

/** The same of what is there already. */
export function dataOfResult<Data>({ data, error, response }: ClientResult<Data>): NonNullable<Data> {
  if (response.ok) return data as NonNullable<Data>;
  throw new RefusedError(response.status, describeProblem(error) || `The service answered ${response.status}.`);
}

function describeProblem(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { detail = '', errors = [] } = error as { detail?: string; errors?: { path: string; message: string }[] };
  return [detail, ...errors.map(({ path, message }) => `${path}: ${message}`)].filter(Boolean).join('\n');
}

/** What to show of an error of any kind. */
export function describeError(error: unknown): string {
  if (error instanceof RefusedError) return error.message;
  return 'The service cannot be reached.';
}

/** True for a request that was cancelled, which is no failure. */
export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

const TIMEOUT_MS = 30_000;

/** A request that nobody answers must not hold up those after it. */
const fetchInTime = (request: Request): Promise<Response> =>
  watchedFetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });

/** Every request of the page: it feeds the status line, and asks for a key where one is needed. */
export async function watchedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const startedMs = performance.now();
  try {
    const response = await fetch(input, init);
    recordResponse(response, performance.now() - startedMs);
    if (response.status === 401) askForKey();
    return response;
  } catch (error) {
    if (!isAbort(error)) recordSilence();
    throw error;
  }
}
