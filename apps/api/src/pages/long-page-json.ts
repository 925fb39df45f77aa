import type { LongMessage } from '@messaging/db';
import type { Pagination } from '@messaging/shared';

/** UTF-16 units that are escaped at once: JSON can make six characters of one. */
const SLICE_LENGTH = 65_536;
/** Short messages are joined to chunks of about this length. */
const CHUNK_LENGTH = 65_536;

/** A page as the JSON text that PostgreSQL would write, in chunks of less than 0.5 MiB; none before the first message is read. */
export async function* longPageJson(
  name: string,
  messages: AsyncIterable<LongMessage['item']>,
  pagination: Pagination,
): AsyncGenerator<string> {
  let chunk = `{"${name}":[`;
  let separator = '';
  for await (const message of messages) {
    for (const piece of pieces(message)) {
      chunk += separator + piece;
      separator = '';
      if (chunk.length < CHUNK_LENGTH) continue;
      yield chunk;
      chunk = '';
    }
    separator = ',';
  }
  yield `${chunk}],"pagination":${JSON.stringify(pagination)}}`;
}

const EMPTY = '"content":""';

function* pieces(message: LongMessage['item']): Generator<string> {
  const frame = JSON.stringify({ ...message, content: '' });
  const contentAt = frame.indexOf(EMPTY) + EMPTY.length - 1;
  yield frame.slice(0, contentAt);
  yield* escaped(message.content);
  yield frame.slice(contentAt);
}

/** `text` as it stands between the quotes of a JSON string. */
export function* escaped(text: string, sliceLength = SLICE_LENGTH): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = start + sliceLength;
    if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end += 1; // half a pair would be escaped
    yield JSON.stringify(text.slice(start, end)).slice(1, -1);
    start = end;
  }
}
