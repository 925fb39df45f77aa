import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Request, RequestHandler } from 'express';

/** Below this nothing is won by compressing. */
const LEAST_COMPRESSED_BYTES = 1_024;

/**
 * Answers with the same bytes as long as the process runs. They may be kept and are asked for again by their strong ETag, so
 * that a new version shows at once and an unchanged one costs no bytes. They are compressed for clients that ask for gzip.
 */
export function fixedAnswer(type: string, body: string | Buffer): RequestHandler {
  const plain = withTag(Buffer.from(body));
  let compressed: Fixed | undefined; // made once somebody asks, as most processes are never asked
  return (req, res) => {
    if (plain.bytes.length >= LEAST_COMPRESSED_BYTES) res.vary('Accept-Encoding');
    if (wantsGzip(req, plain.bytes)) {
      compressed ??= withTag(gzipSync(plain.bytes, { level: 9 }));
      res.setHeader('Content-Encoding', 'gzip');
    }
    const { bytes, etag } = res.hasHeader('Content-Encoding') && compressed ? compressed : plain;
    res.setHeader('ETag', etag);
    res.setHeader('Cache-Control', 'no-cache');
    res.type(type).send(bytes);
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

/** Pictures would only grow, and they are small. */
function wantsGzip(req: Request, { length }: Buffer): boolean {
  return length >= LEAST_COMPRESSED_BYTES && req.acceptsEncodings('gzip', 'identity') === 'gzip';
}
