import type { JSX } from 'preact';

/** Characters before the first hit of a line that is cut off at its end. */
const LEAD_LENGTH = 24;

/**
 * A text with its hits marked. `ranges` are offsets of UTF-16 units, in order, without overlaps. It begins shortly before the first
 * one, so that a line has room for it.
 */
export function Highlighted({ text, ranges }: { text: string; ranges: readonly (readonly number[])[] }): JSX.Element {
  const parts: (JSX.Element | string)[] = [];
  let end = startOf(text, ranges[0]?.[0] ?? 0);
  if (end > 0) parts.push('… ');
  for (const [from = 0, to = 0] of ranges) {
    if (from > end) parts.push(text.slice(end, from));
    parts.push(<mark>{text.slice(from, to)}</mark>);
    end = to;
  }
  return (
    <bdi>
      {parts}
      {text.slice(end)}
    </bdi>
  );
}

/** After a space, where there is one: neither a word nor a character is cut. */
function startOf(text: string, firstHit: number): number {
  if (firstHit <= LEAD_LENGTH) return 0;
  const space = text.indexOf(' ', firstHit - LEAD_LENGTH);
  return space < 0 || space >= firstHit ? firstHit : space + 1;
}
