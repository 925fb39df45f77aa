import { readJsonObject, toIssues } from '@messaging/shared';
import type { z } from 'zod';
import type { Line } from './ndjson.ts';

/** Room for a content of the longest kind with each of its bytes written as `\u0041`, and the other fields. */
export const MAX_LINE_BYTES = 6 * 1_048_576 + 65_536;

export type BadLine = { line: number; message: string };

/** A line as the schema reads it, or what is wrong with it; undefined for a blank one. */
export function parseLine<Fields>(
  { number, bytes }: Line,
  schema: z.ZodType<Fields>,
): { good: Fields & { line: number } } | { bad: BadLine } | undefined {
  const refuse = (message: string) => ({ bad: { line: number, message } });
  if (bytes === null) return refuse(`The line is longer than ${MAX_LINE_BYTES} bytes.`);
  if (isBlank(bytes)) return undefined;
  const read = readJsonObject(bytes);
  if ('problem' in read) return refuse(`The line ${read.problem}.`);
  const result = schema.safeParse(read.value);
  if (result.success) return { good: { ...result.data, line: number } };
  const problems = toIssues(result.error, schema).map(({ path, message }) => `${path}: ${message}`);
  return refuse(problems.join('; '));
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const SPACE = 0x20;

function isBlank(bytes: Buffer): boolean {
  const hasMark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  return !bytes.subarray(hasMark ? BYTE_ORDER_MARK.length : 0).some((byte) => byte > SPACE);
}
