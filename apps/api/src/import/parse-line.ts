import type { ImportLine } from '@messaging/db';
import { importedMessage, toIssues } from '@messaging/shared';
import { isSimple } from '../json-guard.ts';
import type { Line } from './ndjson.ts';

/** Room for a content of the longest kind with each of its bytes written as `\u0041`, and the other fields. */
export const MAX_LINE_BYTES = 6 * 1_048_576 + 65_536;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A line as a message, or what is wrong with it; undefined for a blank one. */
export function parseLine({ number, bytes }: Line): ImportLine | { line: number; message: string } | undefined {
  if (bytes === null) return { line: number, message: `The line is longer than ${MAX_LINE_BYTES} bytes.` };
  if (!isSimple(bytes)) return { line: number, message: 'The line nests too deep, or has too many values.' };
  let value: unknown;
  try {
    const text = utf8.decode(bytes);
    if (text.trim() === '') return undefined;
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof SyntaxError ? 'The line is not JSON.' : 'The line is not UTF-8.';
    return { line: number, message };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line: number, message: 'The line is not a JSON object.' };
  }
  const result = importedMessage.safeParse(value);
  if (result.success) return { ...result.data, line: number };
  return {
    line: number,
    message: toIssues(result.error)
      .map((issue) => `${issue.path}: ${issue.message}`)
      .join('; '),
  };
}
