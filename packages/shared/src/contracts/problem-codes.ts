/**
 * Every `code` of a problem, with its status and its meaning for a caller. Responses, the API description and the typed
 * client are generated from this list.
 */
export const PROBLEM_CODES = {
  invalid_input: {
    status: 400,
    meaning:
      'A parameter, header, cursor or body is wrong, or the request is malformed. `errors` lists what was found.',
  },
  unauthorized: { status: 401, meaning: 'No key was sent, or one that is not known.' },
  forbidden: {
    status: 403,
    meaning:
      'The key lacks the scope of this operation; or, without keys, the request was sent to a name that is not of this machine.',
  },
  not_found: { status: 404, meaning: 'The contact, the message or the path does not exist.' },
  method_not_allowed: { status: 405, meaning: 'The path has other methods: `Allow` names them.' },
  request_timeout: { status: 408, meaning: 'The request took too long to arrive.' },
  conflict: {
    status: 409,
    meaning:
      'A request with this `Idempotency-Key` is in progress: ask again shortly. Or another contact has the `externalId`.',
  },
  cursor_expired: {
    status: 410,
    meaning: 'The cursor is older than what is kept, or of another database: read the list again.',
  },
  payload_too_large: { status: 413, meaning: 'The content or the body is larger than the operation accepts.' },
  uri_too_long: { status: 414, meaning: 'The URL is too long.' },
  unsupported_media_type: {
    status: 415,
    meaning: 'The body is of another media type, charset or content encoding than the operation reads.',
  },
  idempotency_mismatch: {
    status: 422,
    meaning: 'This `Idempotency-Key` was used for another request in the last 24 hours.',
  },
  rate_limited: { status: 429, meaning: 'Too many requests in a minute. Try again after `Retry-After`.' },
  headers_too_large: { status: 431, meaning: 'The headers are too large.' },
  internal_error: { status: 500, meaning: 'A bug of the service. Report it with the `requestId`.' },
  unavailable: {
    status: 503,
    meaning:
      'The database cannot be reached, or the service is closing or has no memory left for the body. Try again after `Retry-After`.',
  },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ProblemCode = keyof typeof PROBLEM_CODES;
