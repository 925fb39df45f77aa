const BIGINT = 20;
const HEAD_BYTES = 20;
const ELEMENT_BYTES = 12;

/**
 * Encodes numbers as a parameter of type bigint[] in PostgreSQL's binary format, which node-postgres sends as it is. As
 * text, 3,000 numbers take 1 ms longer: Node.js writes each as a quoted string, and PostgreSQL parses it.
 * @param numbers integers from 0 to 2^53 - 1
 */
export function bigintArray(numbers: number[]): Buffer {
  const array = Buffer.allocUnsafe(HEAD_BYTES + ELEMENT_BYTES * numbers.length);
  // One dimension without nulls, its length, and its lower bound.
  const head = [numbers.length > 0 ? 1 : 0, 0, BIGINT, numbers.length, 1];
  for (const [index, value] of head.entries()) array.writeInt32BE(value, 4 * index);
  for (const [index, value] of numbers.entries()) {
    const at = HEAD_BYTES + ELEMENT_BYTES * index;
    array.writeInt32BE(8, at);
    array.writeUInt32BE(Math.floor(value / 2 ** 32), at + 4);
    array.writeUInt32BE(value % 2 ** 32, at + 8);
  }
  return numbers.length > 0 ? array : array.subarray(0, 12);
}
