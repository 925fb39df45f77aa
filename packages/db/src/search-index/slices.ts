import { BLOCK_SEGMENTS, eachBit, SIGNATURE_BITS } from './signature.ts';

export const SLICE_BYTES = BLOCK_SEGMENTS / 8;
const SIGNATURE_BYTES = SIGNATURE_BITS / 8;

/** The signatures of the segments of a block in memory, 8 MiB: one behind the other, so that a text writes to one place. */
export interface Signatures {
  /** Sets the bits of a folded text for the segment at a position of the block. */
  add: (position: number, folded: string) => void;
  /** Sets every bit, for a text that is not read. Such a segment may contain any term. */
  addEvery: (position: number) => void;
  /** The slices of eight bits in a row, from bit 8 * `column` on: each has a bit for every segment. */
  slicesOf: (column: number) => Buffer[];
}

export function createSignatures(): Signatures {
  const bytes = Buffer.alloc(BLOCK_SEGMENTS * SIGNATURE_BYTES);
  return {
    add(position, folded) {
      const row = bytes.subarray(position * SIGNATURE_BYTES, (position + 1) * SIGNATURE_BYTES);
      eachBit(folded, (bit) => {
        row[bit >> 3] = (row[bit >> 3] as number) | (0x80 >> (bit & 7));
      });
    },
    addEvery: (position) => void bytes.fill(0xff, position * SIGNATURE_BYTES, (position + 1) * SIGNATURE_BYTES),
    slicesOf: (column) => transposeColumn(bytes, column),
  };
}

/** The slices of a block, as they are stored. */
export interface Slices {
  set: (bit: number, slice: Buffer) => void;
  /** Whether the segment at a position has all bits of a folded text, or all there are. */
  hold: (position: number, folded: string) => boolean;
  holdEvery: (position: number) => boolean;
}

export function createSlices(): Slices {
  const bytes = Buffer.alloc(SIGNATURE_BITS * SLICE_BYTES);
  const has = (bit: number, position: number): boolean =>
    ((bytes[bit * SLICE_BYTES + (position >> 3)] as number) & (0x80 >> (position & 7))) !== 0;
  return {
    set: (bit, slice) => void bytes.set(slice, bit * SLICE_BYTES),
    hold(position, folded) {
      let holds = true;
      eachBit(folded, (bit) => {
        holds &&= has(bit, position);
      });
      return holds;
    },
    holdEvery(position) {
      for (let bit = 0; bit < SIGNATURE_BITS; bit++) if (!has(bit, position)) return false;
      return true;
    },
  };
}

/** Transposes the bits of one byte of each signature, eight signatures at a time (Warren, "Hacker's Delight", 7-3). */
function transposeColumn(bytes: Buffer, column: number): Buffer[] {
  const slices = Array.from({ length: 8 }, () => Buffer.alloc(SLICE_BYTES));
  const at = (row: number) => bytes[row * SIGNATURE_BYTES + column] as number;
  for (let group = 0; group < SLICE_BYTES; group++) {
    const row = 8 * group;
    let x = (at(row) << 24) | (at(row + 1) << 16) | (at(row + 2) << 8) | at(row + 3);
    let y = (at(row + 4) << 24) | (at(row + 5) << 16) | (at(row + 6) << 8) | at(row + 7);
    if ((x | y) === 0) continue;
    x = swapBits(swapBits(x, 7, 0x00aa00aa), 14, 0x0000cccc);
    y = swapBits(swapBits(y, 7, 0x00aa00aa), 14, 0x0000cccc);
    const high = (x & 0xf0f0f0f0) | ((y >>> 4) & 0x0f0f0f0f);
    const low = ((x << 4) & 0xf0f0f0f0) | (y & 0x0f0f0f0f);
    for (let bit = 0; bit < 4; bit++) {
      (slices[bit] as Buffer)[group] = high >>> (24 - 8 * bit);
      (slices[bit + 4] as Buffer)[group] = low >>> (24 - 8 * bit);
    }
  }
  return slices;
}

/** Swaps the bits of the mask with those that are `distance` places higher. */
function swapBits(value: number, distance: number, mask: number): number {
  const different = (value ^ (value >>> distance)) & mask;
  return value ^ different ^ (different << distance);
}
