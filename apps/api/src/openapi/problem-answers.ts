import { PROBLEM_CODES, type ProblemCode, toProblem } from '@messaging/shared';
import { type HeaderName, header, headerRefs } from './answers.ts';
import { schemaRef } from './schemas.ts';
import type { Json } from './types.ts';

const codeOf = new Map(
  Object.entries(PROBLEM_CODES).map(([code, { status }]) => [status as number, code as ProblemCode]),
);

/** A reference to the problem that has this status. */
export const problemRef = (status: number): Json => ({
  $ref: `#/components/responses/${toName(codeOf.get(status) as ProblemCode)}`,
});

const PROBLEM_HEADERS: Partial<Record<ProblemCode, HeaderName[]>> = {
  unauthorized: ['WWW-Authenticate'],
  method_not_allowed: ['Allow'],
  rate_limited: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  unavailable: ['Retry-After'],
};

/** `components.responses`: every problem, and what answers a request that came to no operation. */
export function createProblemAnswers(): Json {
  const problems = Object.entries(PROBLEM_CODES).map(([code, { status, meaning }]) => {
    const names = PROBLEM_HEADERS[code as ProblemCode] ?? [];
    const narrowed = {
      type: 'object',
      properties: { status: { const: status }, code: { const: code } },
      required: ['status', 'code'],
    };
    return [
      toName(code),
      problemAnswer(
        meaning,
        { allOf: [schemaRef('Problem'), narrowed] },
        exampleOf(code as ProblemCode),
        names,
        code === 'conflict' ? RETRY_WITH_KEY : {},
      ),
    ];
  });
  return Object.fromEntries([...problems, ['Refused', createRefusal()]]);
}

/** Not every conflict is over after a while. */
const RETRY_WITH_KEY: Json = {
  'Retry-After': header(
    'Seconds after which the key may be free; absent where waiting does not help',
    { type: 'integer', minimum: 0 },
    15,
    false,
  ),
};

const createRefusal = (): Json =>
  problemAnswer(
    'Refused before any operation saw it: HTTP that cannot be read (400), another method (405, with `Allow`), a body that takes too long (408), a URL (414) or headers (431) that are too long',
    schemaRef('Problem'),
    exampleOf('uri_too_long'),
  );

const problemAnswer = (
  description: string,
  schema: Json,
  example: Json,
  names: readonly HeaderName[] = [],
  otherHeaders: Json = {},
): Json => ({
  description,
  headers: { ...headerRefs(...names), ...otherHeaders },
  content: { 'application/problem+json': { schema, example } },
});

function exampleOf(code: ProblemCode): Json {
  const isInvalid = code === 'invalid_input';
  const errors = [{ path: 'page', message: 'must be a whole number from 1' }];
  return {
    ...toProblem(
      code,
      isInvalid ? 'page: must be a whole number from 1' : PROBLEM_CODES[code].meaning,
      'checkout-7f3a',
    ),
    ...(isInvalid ? { errors } : {}),
  };
}

/** `not_found` → `NotFound` */
const toName = (code: string): string => code.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
