import type { ImportLine } from '@messaging/db';
import { importedMessage, toIssues } from '@messaging/shared';
import { readJsonObject } from '../request/read-json.ts';
import type { Line } from './ndjson.ts';

/** Room for a content of the longest kind with each of its bytes written as `\u0041`, and the other fields. */
export const MAX_LINE_BYTES = 6 * 1_048_576 + 65_536;

/** A line as a message, or what is wrong with it; undefined for a blank one. */
export function parseLine({ number, bytes }: Line): ImportLine | { line: number; message: string } | undefined {
  if (bytes === null) return { line: number, message: `The line is longer than ${MAX_LINE_BYTES} bytes.` };
  if (isBlank(bytes)) return undefined;
  const read = readJsonObject(bytes);
  if ('problem' in read) return { line: number, message: `The line ${read.problem}.` };
  const result = importedMessage.safeParse(read.value);
  if (result.success) return { ...result.data, line: number };
  const problems = toIssues(result.error, importedMessage).map(({ path, message }) => `${path}: ${message}`);
  return { line: number, message: problems.join('; ') };
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const SPACE = 0x20;

function isBlank(bytes: Buffer): boolean {
  const hasMark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  return !bytes.subarray(hasMark ? BYTE_ORDER_MARK.length : 0).some((byte) => byte > SPACE);
}
