/** Looked up once: in the loops below it is called a million times a second. */
const { imul } = Math;

/** Bits of a signature: the text of a segment of 32 messages sets three in ten. */
export const SIGNATURE_BITS = 8_192;

/** Segments of a block. A search looks through up to so many besides, which are not enough for a block yet: 4 ms. */
export const BLOCK_SEGMENTS = 8_192;

/** Bits of a term that are looked at: more make no difference. */
const MAX_TERM_BITS = 32;

/** What separates the texts of a segment: no piece of a text reaches across it. */
const SEPARATOR_UNIT = 0x300;

/** How many characters make a piece. */
type PieceLength = 1 | 2 | 3 | 4 | 6;

/**
 * Bits of a piece, by its length. A text has few different pieces of one or two characters and very many longer ones; so the short
 * ones have more. Of six characters, which tell phrases of common words apart, one piece in four has a bit.
 * False candidates among 240,000 segments of the demo data, in the median of each class: two letters 500, four 1,800, five 700,
 * three common words 1,500; other allocations of as many bits win in one class what they lose in another.
 */
const BITS = { plain: 2, other: 8, pair: 6, triple: 2, four: 1, six: 1 } as const;
const SIXES_WITH_BIT = 4;

/** Which single units, and pairs of ASCII, the current text has had: their bits are set already. */
const unitSeen = new Uint32Array(65_536);
const pairSeen = new Uint32Array(128 * 128);
let textNo = 0;

/**
 * Calls `visit` with the bits of each piece of a folded text; often more than once. Characters are UTF-16 units, whose
 * sequences a text shares with every term that it contains.
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
 * The bits that the signature of a segment has if it holds the folded term, which is not empty: at most 24, those of the
 * longest pieces first, because these are rarest.
 */
export function bitsOfTerm(folded: string): number[] {
  const byLength = LONGEST_FIRST.map(() => new Set<number>());
  eachBit(folded, (bit, length) => byLength[LONGEST_FIRST.indexOf(length)]?.add(bit));
  return [...new Set(byLength.flatMap((bits) => [...bits]))].slice(0, MAX_TERM_BITS);
}

const LONGEST_FIRST: PieceLength[] = [6, 4, 3, 2, 1];

/** Whether a piece of six has a bit is decided by its hash: a term and a text that holds it decide alike. */
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

/** Whether this text has had the pair; only known of ASCII. */
function isKnownPair(first: number, second: number): boolean {
  if (first > 127 || second > 127) return false;
  const at = first * 128 + second;
  if (pairSeen[at] === textNo) return true;
  pairSeen[at] = textNo;
  return false;
}

/** a to z, 0 to 9, space: in nearly every text. */
const isPlain = (unit: number): boolean => (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit === 32;

/** Mixes the high bits into the low ones, as the finalizer of MurmurHash3 does, with other constants. */
function bitOf(hash: number): number {
  let mixed = imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  mixed = imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) & (SIGNATURE_BITS - 1);
}
