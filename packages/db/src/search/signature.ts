import { SEPARATOR_CODE } from './ngrams.ts';

/** Bits of a signature, as in segment_signatures: the texts of a segment set a quarter of them. */
export const SIGNATURE_BITS = 2048;

/** Bits of a term that are looked at: more make no difference. */
const MAX_TERM_BITS = 32;

/**
 * Calls `visit` with the bit of each four characters in a row of a folded text, repeated ones too: UTF-16 units, whose
 * sequences a text that contains a term shares with it. One bit for each, as superimposed coding goes: Faloutsos and
 * Christodoulakis, "Signature files", ACM TOIS 2(4), 1984.
 */
export function eachSignatureBit(folded: string, visit: (bit: number) => void): void {
  let [first, second, third] = [0, 0, 0];
  let length = 0;
  for (let at = 0; at < folded.length; at++) {
    const unit = folded.charCodeAt(at);
    length = unit === SEPARATOR_CODE ? 0 : length + 1;
    if (length >= 4) visit(bitOf(first, second, third, unit));
    [first, second, third] = [second, third, unit];
  }
}

/** The bits that the signature of a segment must have to contain the folded term; none for less than four units. */
export function signatureBitsOf(folded: string): number[] {
  const bits = new Set<number>();
  eachSignatureBit(folded, (bit) => void (bits.size < MAX_TERM_BITS && bits.add(bit)));
  return [...bits];
}

/** The signature of a folded text, as PostgreSQL reads a bit string: `x` and hexadecimal digits, the first bit first. */
export function toSignature(folded: string): string {
  const signature = Buffer.alloc(SIGNATURE_BITS / 8);
  eachSignatureBit(folded, (bit) => {
    signature[bit >> 3] = (signature[bit >> 3] as number) | (0x80 >> (bit & 7));
  });
  return `x${signature.toString('hex')}`;
}

/** The signature of a text that is not read: it may hold any term. */
export const FULL_SIGNATURE = `x${'f'.repeat(SIGNATURE_BITS / 4)}`;

/** Multiplies by odd constants and mixes the high bits into the low ones, as the finalizer of MurmurHash3 does. */
function bitOf(first: number, second: number, third: number, fourth: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  hash ^= Math.imul(third, 0xc2b2ae35) ^ Math.imul(fourth, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) & (SIGNATURE_BITS - 1);
}
