import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema.ts';

/** The bodies of requests and answers by name, `Schemas['Contact']`. */
export type Schemas = components['schemas'];

/** Where the API is, and who calls it. */
export interface MessagingClientOptions {
  /** `https://messages.example`, without a path. */
  baseUrl: string;
  /** Sent as a bearer token; leave it out where the API has no keys. */
  apiKey?: string;
  /** Instead of the global fetch. */
  fetch?: (request: Request) => Promise<Response>;
}

export type MessagingClient = Client<paths>;

/**
 * A client with a method for each HTTP method, `client.GET('/api/contacts/{contactId}', { params: { path: { contactId: 7 } } })`.
 * Each resolves to `{ data, response }`, or to `{ error, response }` with the problem for any status of 400 and more; it
 * rejects only where there was no answer. Nothing is tried again by itself: send an `Idempotency-Key` and do so yourself.
 */
export function createMessagingClient({ baseUrl, apiKey, fetch }: MessagingClientOptions): MessagingClient {
  const client = createClient<paths>({
    baseUrl,
    ...(fetch ? { fetch } : {}),
    ...(apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
    bodySerializer: (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)),
  });
  client.use(sendLinesAsSuch);
  return client;
}

/** The body of `import-messages` or `import-contacts`: a line for each message or contact. */
export const toImportBody = (rows: readonly (Schemas['ImportedMessage'] | Schemas['ImportedContact'])[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Of all operations the imports read no JSON document. */
const sendLinesAsSuch: Middleware = {
  onRequest({ request, schemaPath }) {
    if (schemaPath.startsWith('/api/commands/import-')) request.headers.set('content-type', 'application/x-ndjson');
  },
};
