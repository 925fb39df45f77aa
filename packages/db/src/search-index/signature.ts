/** Looked up once, because the loops below call it a million times per second. */
const { imul } = Math;

/** Bits of a signature. The text of a segment of 32 messages sets three in ten. */
export const SIGNATURE_BITS = 8_192;

/** Segments of a block. A search also reads the segments that do not fill a block yet, up to this number: 4 ms. */
export const BLOCK_SEGMENTS = 8_192;

/** Maximum number of bits that are checked for a term. More make no difference. */
const MAX_TERM_BITS = 32;

/** Separates the texts of a segment. No piece spans two texts. */
const SEPARATOR_UNIT = 0x300;

/** Number of characters of a piece. */
type PieceLength = 1 | 2 | 3 | 4 | 6;

/**
 * Number of bits of a piece, by its length. A text has few different pieces of one or two characters and very many
 * longer ones, so short pieces get more bits. Pieces of six characters distinguish phrases of common words; one in four
 * has a bit. False positives among 240,000 segments of the demo data, median of each class: two letters 500, four
 * 1,800, five 700, three common words 1,500. Other allocations with the same number of bits gain in one class and lose
 * in another.
 */
const BITS = { plain: 2, other: 8, pair: 6, triple: 2, four: 1, six: 1 } as const;
const SIXES_WITH_BIT = 4;

/** Single units and ASCII pairs that occurred in the current text. Their bits are already set. */
const unitSeen = new Uint32Array(65_536);
const pairSeen = new Uint32Array(128 * 128);
let textNo = 0;

/**
 * Calls `visit` with the bits of each piece of a folded text, often more than once. Characters are UTF-16 units. A text
 * contains every sequence of units of each term in it.
 */
export function eachBit(folded: string, visit: (bit: number, length: PieceLength) => void): void {
  beginText();
  let [third, second, previous] = [0, 0, 0];
  let length = 0;
  for (let at = 0; at < folded.length; at++) {
    const unit = folded.charCodeAt(at);
    length = unit === SEPARATOR_UNIT ? 0 : length + 1;
    if (length > 0) {
      const single = imul(unit, 0x9e3779b1);
      if (unitSeen[unit] !== textNo) {
        unitSeen[unit] = textNo;
        const bits = isPlain(unit) ? BITS.plain : BITS.other;
        for (let n = 1; n <= bits; n++) visit(bitOf(single + imul(n, 0x5bd1e995)), 1);
      }
      const pair = imul(previous, 0x85ebca6b) ^ single;
      if (length > 1 && !isKnownPair(previous, unit)) {
        for (let n = 11; n < 11 + BITS.pair; n++) visit(bitOf(pair + imul(n, 0x5bd1e995)), 2);
      }
      const triple = imul(second, 0xc2b2ae35) ^ pair;
      if (length > 2) for (let n = 21; n < 21 + BITS.triple; n++) visit(bitOf(triple + imul(n, 0x5bd1e995)), 3);
      const four = imul(third, 0x27d4eb2f) ^ triple;
      if (length > 3) visit(bitOf(four + 0x3c6ef372), 4);
      if (length > 5) visitSix(folded, at, four, visit);
    }
    [third, second, previous] = [second, previous, unit];
  }
}

/**
 * The bits that the signature of a segment has if it contains the folded, non-empty term. At most 32 bits; those of the
 * longest pieces come first, because they are the rarest.
 */
export function bitsOfTerm(folded: string): number[] {
  const byLength = LONGEST_FIRST.map(() => new Set<number>());
  eachBit(folded, (bit, length) => byLength[LONGEST_FIRST.indexOf(length)]?.add(bit));
  return [...new Set(byLength.flatMap((bits) => [...bits]))].slice(0, MAX_TERM_BITS);
}

const LONGEST_FIRST: PieceLength[] = [6, 4, 3, 2, 1];

/** The hash of a piece of six decides whether it has a bit, so a term and a text that contains it agree. */
function visitSix(folded: string, at: number, four: number, visit: (bit: number, length: PieceLength) => void): void {
  const hash = imul(folded.charCodeAt(at - 5), 0x165667b1) ^ imul(folded.charCodeAt(at - 4), 0x2545f491) ^ four;
  if ((imul(hash, 0x7feb352d) >>> 16) % SIXES_WITH_BIT === 0) visit(bitOf(hash + 0x78dde6e4), 6);
}

function beginText(): void {
  textNo += 1;
  if (textNo <= 0xffffffff) return;
  textNo = 1;
  unitSeen.fill(0);
  pairSeen.fill(0);
}

/** True if this text already had the pair. Only recorded for ASCII. */
function isKnownPair(first: number, second: number): boolean {
  if (first > 127 || second > 127) return false;
  const at = first * 128 + second;
  if (pairSeen[at] === textNo) return true;
  pairSeen[at] = textNo;
  return false;
}

/** a to z, 0 to 9, space: in nearly every text. */
const isPlain = (unit: number): boolean => (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit === 32;

/** Mixes the high bits into the low ones, like the finalizer of MurmurHash3, with other constants. */
function bitOf(hash: number): number {
  let mixed = imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  mixed = imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) & (SIGNATURE_BITS - 1);
}
