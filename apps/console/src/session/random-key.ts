/** For an Idempotency-Key. `crypto.randomUUID` is missing where the page came without TLS from another machine. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
