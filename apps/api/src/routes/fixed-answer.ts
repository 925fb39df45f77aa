import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Request, RequestHandler } from 'express';

/** Below this nothing is won by compressing. */
const LEAST_COMPRESSED_BYTES = 1_024;

/**
 * Answers with the same bytes as long as the process runs. They may be kept and are asked for again by their strong ETag, so
 * that a new version shows at once and an unchanged one costs no bytes.
 */
export function fixedAnswer(type: string, body: string | Buffer): RequestHandler {
  const plain = withTag(Buffer.from(body));
  return (_req, res) => {
    res.setHeader('ETag', plain.etag);
    res.setHeader('Cache-Control', 'no-cache');
    res.type(type).send(plain.bytes);
  };
}

/** The same, compressed for clients that ask for gzip. Who has either of both has the present version. */
export function fixedCompressedAnswer(type: string, body: string | Buffer): RequestHandler {
  const plain = withTag(Buffer.from(body));
  if (plain.bytes.length < LEAST_COMPRESSED_BYTES) return fixedAnswer(type, body);
  let compressed: Fixed | undefined; // made once somebody asks, as most processes are never asked
  return (req, res) => {
    compressed ??= withTag(gzipSync(plain.bytes, { level: 9 }));
    const isCompressed = req.acceptsEncodings('gzip', 'identity') === 'gzip';
    const sent = isCompressed ? compressed : plain;
    const { etag } = [sent, compressed, plain].find((one) => hasOne(req, one)) ?? sent;
    res.vary('Accept-Encoding');
    if (isCompressed) res.setHeader('Content-Encoding', 'gzip');
    res.setHeader('ETag', etag);
    res.setHeader('Cache-Control', 'no-cache');
    res.type(type).send(sent.bytes);
  };
}

interface Fixed {
  bytes: Buffer;
  etag: string;
}

const withTag = (bytes: Buffer): Fixed => ({
  bytes,
  etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
});

const hasOne = (req: Request, { etag }: Fixed): boolean => req.headers['if-none-match']?.includes(etag) === true;
