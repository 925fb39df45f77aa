import { BLOCK_SEGMENTS, eachBit, SIGNATURE_BITS } from './signature.ts';

const SLICE_BYTES = BLOCK_SEGMENTS / 8;

/** The slices of a block in memory, 4 MiB: bit by bit, each with a bit for every segment. */
export interface Slices {
  /** Sets the bits of a folded text for the segment at a position of the block. */
  add: (position: number, folded: string) => void;
  /** Sets every bit, for a text that is not read: it may hold any term. */
  addEvery: (position: number) => void;
  /** Whether the segment at a position has all bits of a folded text, or all there are. */
  hold: (position: number, folded: string) => boolean;
  holdEvery: (position: number) => boolean;
  /** Bytes of a slice. */
  bytes: number;
  /** The slice of a bit; undefined where no segment has the bit. */
  slice: (bit: number) => Buffer | undefined;
  set: (bit: number, slice: Buffer) => void;
}

export function createSlices(): Slices {
  const bytes = Buffer.alloc(SIGNATURE_BITS * SLICE_BYTES);
  const used = new Uint8Array(SIGNATURE_BITS);
  return {
    add(position, folded) {
      const [byte, mask] = [position >> 3, 0x80 >> (position & 7)];
      eachBit(folded, (bit) => {
        used[bit] = 1;
        bytes[bit * SLICE_BYTES + byte] = (bytes[bit * SLICE_BYTES + byte] as number) | mask;
      });
    },
    addEvery(position) {
      const [byte, mask] = [position >> 3, 0x80 >> (position & 7)];
      used.fill(1);
      for (let at = byte; at < bytes.length; at += SLICE_BYTES) bytes[at] = (bytes[at] as number) | mask;
    },
    hold(position, folded) {
      const [byte, mask] = [position >> 3, 0x80 >> (position & 7)];
      let holds = true;
      eachBit(folded, (bit) => {
        if (((bytes[bit * SLICE_BYTES + byte] as number) & mask) === 0) holds = false;
      });
      return holds;
    },
    holdEvery(position) {
      const [byte, mask] = [position >> 3, 0x80 >> (position & 7)];
      for (let at = byte; at < bytes.length; at += SLICE_BYTES) if (((bytes[at] as number) & mask) === 0) return false;
      return true;
    },
    bytes: SLICE_BYTES,
    slice: (bit) => (used[bit] ? bytes.subarray(bit * SLICE_BYTES, (bit + 1) * SLICE_BYTES) : undefined),
    set: (bit, slice) => void bytes.set(slice, bit * SLICE_BYTES),
  };
}
