import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What came back on a bare connection. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** A connection on which a test writes the bytes itself. */
export async function connectRaw(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => {}); // what it got by then is what counts
  await once(socket, 'connect');
  return socket;
}

/** Everything the server sends until it closes the connection. */
export async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('end', () => socket.end());
  await new Promise((resolve) => socket.once('close', resolve)); // also after a reset, which `once` would throw
  return text;
}

/** Reads one answer; without a body where there is none. */
export function parseAnswer(text: string): RawAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
  return { status: Number(statusLine.split(' ')[1]), headers, body: body && JSON.parse(body) };
}

/** Sends `request` as it is and reads the one answer. */
export async function send(url: string, request: string): Promise<RawAnswer> {
  const socket = await connectRaw(url);
  socket.write(request);
  return parseAnswer(await untilClosed(socket));
}

/** A GET with exactly these headers. */
export function get(url: string, path: string, headers: Record<string, string>): Promise<RawAnswer> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return send(url, [`GET ${path} HTTP/1.1`, ...lines, 'connection: close', '', ''].join('\r\n'));
}
