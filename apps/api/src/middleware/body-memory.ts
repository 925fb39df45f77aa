import { PayloadTooLargeError, UnavailableError } from '@messaging/shared';
import type { Request, RequestHandler } from 'express';

/** A body of at most this size is small: a contact, a short message. */
export const SMALL_BODY_BYTES = 65_536;

/** What a body counts as. Each kind may fill another share of the memory, so that no kind can keep out the smaller ones. */
export type BodyKind = keyof typeof SHARES;
const SHARES = { small: 1, large: 0.75, import: 0.5 } as const;

/** The bytes that one request holds. */
export interface HeldBytes {
  /** Reserves so many bytes more; false where there is no room for them. */
  take: (bytes: number) => boolean;
  give: (bytes: number) => void;
  /** Gives back what is still held; may be called again. */
  close: () => void;
}

/** How many bytes of bodies this process holds, over all its requests. */
export interface BodyMemory {
  open: (kind: BodyKind) => HeldBytes;
}

declare global {
  namespace Express {
    interface Locals {
      /** What the body of this request holds, where `holdBody` has reserved it. */
      heldBody?: { shrinkTo: (bytes: number) => void };
    }
  }
}

/** Counts held bytes up to `maxBytes`, and reports them. A request that is the only one to hold any always finds room. */
export function createBodyMemory(maxBytes: number, report: (totalBytes: number) => void): BodyMemory {
  let total = 0;
  return {
    open(kind) {
      let own = 0;
      const add = (bytes: number): void => {
        own += bytes;
        total += bytes;
        report(total);
      };
      return {
        take(bytes) {
          if (total > own && total + bytes > maxBytes * SHARES[kind]) return false;
          add(bytes);
          return true;
        },
        give: (bytes) => add(-Math.min(bytes, own)),
        close: () => add(-own),
      };
    },
  };
}

/**
 * Reserves memory for a body that is read whole, until its response is sent: as many bytes as `Content-Length` says. A body
 * whose size nobody knows before it is read (chunked, compressed) reserves `maxBytes`, and its parser shrinks that.
 * @throws PayloadTooLargeError for a body of more than `maxBytes`
 * @throws UnavailableError while there is no room, before any of the body is read
 */
export function holdBody(memory: BodyMemory, maxBytes: number): RequestHandler {
  return (req, res, next) => {
    const bytes = knownBytes(req) ?? maxBytes;
    if (bytes > maxBytes) throw new PayloadTooLargeError(`The body is larger than ${maxBytes} bytes.`);
    const held = memory.open(bytes > SMALL_BODY_BYTES ? 'large' : 'small');
    if (!held.take(bytes)) {
      throw new UnavailableError('The service is busy with the bodies of other requests; try again shortly.');
    }
    res.locals.heldBody = { shrinkTo: (actual) => held.give(Math.max(0, bytes - actual)) };
    res.once('close', held.close);
    next();
  };
}

function knownBytes({ headers }: Request): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return undefined;
  return Number(headers['content-length'] ?? 0);
}
