import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { MAX_LINE_BYTES } from '../import/parse-line.ts';
import { type Columns, type FileKind, readHeader } from './columns.ts';

/** A file as lines of JSON, whatever it was. */
export interface FileLines {
  kind: FileKind;
  lines: AsyncIterable<Buffer>;
}

type CsvRecord = { record: string[]; info: { lines: number } };

/**
 * Turns a CSV file with a header into lines of JSON. The number of a line is that of the line in the file on which the row ends;
 * lines before it are blank. An empty cell is an absent field.
 * @throws Error for a header that does not fit; while reading, for a file that is not UTF-8 or not CSV, and for a row that is
 * longer than any that could be stored, as behind a quote that is not closed
 */
export async function csvLines(bytes: AsyncIterable<Buffer>, ignored: readonly string[] = []): Promise<FileLines> {
  const options = { relax_column_count: true, skip_empty_lines: true, info: true, max_record_size: MAX_LINE_BYTES };
  const parser = parse(options);
  pipeline(Readable.from(decode(bytes)), parser, () => {}); // whoever reads the rows gets the error
  const rows = parser[Symbol.asyncIterator]() as AsyncIterator<CsvRecord>;
  const first = await rows.next();
  if (first.done) throw new Error('The file is empty: it needs a header line.');
  const columns = readHeader(first.value.record, ignored);
  return { kind: columns.kind, lines: toLines(rows, columns) };
}

async function* toLines(rows: AsyncIterator<CsvRecord>, { fields }: Columns): AsyncGenerator<Buffer> {
  let written = 0;
  let chunk = '';
  for (let row = await rows.next(); !row.done; row = await rows.next()) {
    const { record, info } = row.value;
    chunk += '\n'.repeat(Math.max(0, info.lines - 1 - written));
    chunk += `${JSON.stringify(toObject(record, fields))}\n`;
    written = Math.max(written + 1, info.lines);
    if (chunk.length < CHUNK_LENGTH) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk);
}

const CHUNK_LENGTH = 65_536;

/** A cell without a column keeps its place as its name, so that its row is rejected for it. */
function toObject(record: string[], fields: (string | null)[]): object {
  const entries = record.map((cell, index): [string | null, unknown] => {
    const field = fields[index];
    if (field === undefined) return [`column ${index + 1}`, cell];
    return cell === '' ? [null, cell] : [field, toValue(field, cell)];
  });
  return Object.fromEntries(entries.filter(([field]) => field !== null));
}

/** Ids as numbers, and times as ISO 8601 where a database has written a space for the T. */
function toValue(field: string | null, cell: string): string | number {
  if (field === 'contactId' && /^\d{1,16}$/.test(cell)) return Number(cell);
  return field === 'createdAt' ? cell.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T') : cell;
}

/** @throws Error where the bytes are not UTF-8: as Latin-1, say, they would be stored as something else than was meant */
async function* decode(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let decoded = 0;
  try {
    for await (const chunk of bytes) {
      yield decoder.decode(chunk, { stream: true });
      decoded += chunk.length;
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error(
      `The file is not UTF-8, somewhere after byte ${decoded}; convert it first: iconv -f latin1 -t utf-8 FILE`,
      { cause: error },
    );
  }
}
