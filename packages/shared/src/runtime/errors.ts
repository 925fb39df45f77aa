/** One problem of an input: its place (`searchValue`, `body.contactId`) and what to do about it. */
export interface Issue {
  path: string;
  message: string;
}

/** The closed set of expected failures. Any other exception is a bug. */
export type FailureCode =
  | 'invalid_input'
  | 'request_timeout'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'not_found'
  | 'conflict'
  | 'cursor_expired'
  | 'rate_limited'
  | 'idempotency_mismatch'
  | 'unavailable';

/**
 * An expected failure. Its `code` is stable, its message tells the user what to do, and `cause` is the original error.
 */
export abstract class ExpectedError extends Error {
  abstract readonly code: FailureCode;
}

/** The request is invalid. `issues` lists every problem at once. */
export class InvalidInputError extends ExpectedError {
  override readonly name = 'InvalidInputError';
  readonly code = 'invalid_input';
  readonly issues: Issue[];

  constructor(issues: Issue[], options?: ErrorOptions) {
    super(issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '), options);
    this.issues = issues;
  }
}

/** A part of the request is larger than the service accepts. */
export class PayloadTooLargeError extends ExpectedError {
  override readonly name = 'PayloadTooLargeError';
  readonly code = 'payload_too_large';
}

/** The request took too long to arrive. */
export class RequestTimeoutError extends ExpectedError {
  override readonly name = 'RequestTimeoutError';
  readonly code = 'request_timeout';
}

/** The operation does not accept the media type of the body. */
export class UnsupportedMediaTypeError extends ExpectedError {
  override readonly name = 'UnsupportedMediaTypeError';
  readonly code = 'unsupported_media_type';
}

/** A resource of the request does not exist. */
export class NotFoundError extends ExpectedError {
  override readonly name = 'NotFoundError';
  readonly code = 'not_found';

  /** @param what the kind of resource, such as `contact` @param id the requested identifier */
  constructor(what: string, id: number | string, options?: ErrorOptions) {
    super(`There is no ${what} ${id}.`, options);
  }
}

/** The request conflicts with the current state. */
export class ConflictError extends ExpectedError {
  override readonly name = 'ConflictError';
  readonly code = 'conflict';
  /** Time to wait before a retry, if a retry can succeed. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, { retryAfterSeconds, ...options }: ErrorOptions & { retryAfterSeconds?: number } = {}) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What a cursor was to go on after is not known any more. */
export class CursorExpiredError extends ExpectedError {
  override readonly name = 'CursorExpiredError';
  readonly code = 'cursor_expired';
}

/** The client has too much of something at once. */
export class RateLimitedError extends ExpectedError {
  override readonly name = 'RateLimitedError';
  readonly code = 'rate_limited';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** An Idempotency-Key was sent again with a different request. */
export class IdempotencyMismatchError extends ExpectedError {
  override readonly name = 'IdempotencyMismatchError';
  readonly code = 'idempotency_mismatch';

  constructor() {
    super('This Idempotency-Key was used for another request in the last 24 hours. Use a new key for each request.');
  }
}

/** A dependency is unavailable. The same request may succeed later. */
export class UnavailableError extends ExpectedError {
  override readonly name = 'UnavailableError';
  readonly code = 'unavailable';
}
