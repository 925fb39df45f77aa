import { z } from 'zod';
import { PROBLEM_CODES, type ProblemCode } from './problem-codes.ts';

/** The body of every error response, `application/problem+json` (RFC 9457). */
export const problem = z.object({
  type: z.string().describe('A URN made of the code'),
  title: z.string().describe('The phrase of the status'),
  status: z.int().min(400).max(599),
  code: z.enum(Object.keys(PROBLEM_CODES) as ProblemCode[]).describe('Stable, for programs'),
  detail: z.string().describe('For people: what is wrong and what to do'),
  requestId: z.string().describe('As in `X-Request-Id`; the logs have it too'),
  errors: z
    .array(
      z.object({
        path: z.string().describe('The parameter, header or dotted field of the body; empty for the whole'),
        message: z.string(),
      }),
    )
    .optional()
    .describe('Every problem at once, where the input was wrong'),
});
export type Problem = z.output<typeof problem>;
