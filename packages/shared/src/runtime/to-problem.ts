import { STATUS_CODES } from 'node:http';
import type { Problem } from '../contracts/problem.ts';
import { PROBLEM_CODES, type ProblemCode } from '../contracts/problem-codes.ts';

/** The problem document for a code. */
export function toProblem(code: ProblemCode, detail: string, requestId: string): Problem {
  const { status } = PROBLEM_CODES[code];
  const type = `urn:messaging-backend:problem:${code}`;
  return { type, title: STATUS_CODES[status] ?? 'Error', status, code, detail, requestId };
}
