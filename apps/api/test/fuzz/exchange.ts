import { connect, type Socket } from 'node:net';

/** What came back for some bytes: how the connection ended, and the answer where there was one. */
export interface Exchange {
  durationMs: number;
  /** Undefined where the connection was closed without an answer. */
  status: number | undefined;
  headers: Headers;
  body: Buffer;
}

/** Longer than any answer may take. */
const GIVE_UP_MS = 30_000;

export interface ExchangeOptions {
  /** The answer to a HEAD has no body. */
  isHead?: boolean;
}

/**
 * Sends bytes as they are, says that no more come, and reads until the other side closes or the answer is whole. @throws after 30 s without either
 */
export async function exchange(
  url: string,
  parts: (string | Buffer)[],
  options: ExchangeOptions = {},
): Promise<Exchange> {
  const { hostname, port } = new URL(url);
  const startedMs = performance.now();
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  try {
    const received = await converse(socket, parts, options);
    return { durationMs: performance.now() - startedMs, ...parseAnswer(received) };
  } finally {
    socket.destroy();
  }
}

function converse(socket: Socket, parts: (string | Buffer)[], { isHead = false }: ExchangeOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => reject(new Error(`no answer after ${GIVE_UP_MS} ms`)), GIVE_UP_MS);
    const finish = () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    };
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks), isHead)) finish();
    });
    socket.on('close', finish);
    socket.on('end', finish);
    socket.on('error', finish); // a reset is a way to close
    socket.write(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));
    socket.end();
  });
}

function isWhole(bytes: Buffer, isHead: boolean): boolean {
  const { status, headers, body } = parseAnswer(bytes);
  if (status === undefined || status < 200) return false;
  if (isHead || status === 204 || status === 304) return true;
  if (headers.get('transfer-encoding') === 'chunked') return body.toString('latin1').endsWith('0\r\n\r\n');
  const length = headers.get('content-length');
  return length !== null && body.length >= Number(length);
}

/** The first final answer in the bytes; what says only that it may go on is passed over. */
function parseAnswer(bytes: Buffer): Omit<Exchange, 'durationMs'> {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return { status: undefined, headers: new Headers(), body: bytes };
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  const rest = bytes.subarray(end + 4);
  if (status === 100) return parseAnswer(rest);
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
  return { status, headers, body: rest };
}
