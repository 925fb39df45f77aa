import type { JSX } from 'preact';

/** An arrow for who wrote a message, and nothing where that is not known. */
export function DirectionMark({ direction }: { direction: 'inbound' | 'outbound' | null }): JSX.Element | null {
  if (direction === null) return null;
  return (
    <span class={`direction ${direction}`} role="img" aria-label={direction === 'inbound' ? 'Received' : 'Sent'}>
      {direction === 'inbound' ? '↙' : '↗'}
    </span>
  );
}
