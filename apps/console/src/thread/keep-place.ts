import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Where somebody reads: at the newest message, or at one that stands so far below the top of the scroller. */
type ReadingPlace = 'end' | { id: string; top: number };

const NEAR_END_PX = 40;

/** What `useKeptPlace` returns. */
interface KeptPlace {
  /** To be called whenever the thread was scrolled. */
  remember: () => void;
  /** The message at the top of what is visible; null in an empty thread. */
  visibleId: () => number | null;
}

/**
 * Keeps what is read where it is while messages come and go above and below it; at the newest message the next ones are followed.
 * Another `openedAt` begins anew: at that message, or at the end where it is null.
 */
export function useKeptPlace(
  scroller: RefObject<HTMLElement | null>,
  { openedAt, stretch }: { openedAt: { messageId: number | null }; stretch: { isAtNewest: boolean } },
): KeptPlace {
  const { isAtNewest } = stretch;
  const kept = useRef<ReadingPlace>('end');
  const begun = useRef<typeof openedAt | null>(null);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (begun.current !== openedAt) {
      begun.current = openedAt;
      kept.current = 'end';
      const hit = openedAt.messageId === null ? null : bubbleOf(element, String(openedAt.messageId));
      hit?.scrollIntoView({ block: 'center' });
      if (hit) kept.current = placeIn(element, isAtNewest);
    }
    restore(element, kept.current);
  }, [stretch, openedAt]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const resized = new ResizeObserver(() => restore(element, kept.current));
    resized.observe(element);
    return () => resized.disconnect();
  }, [scroller]);

  return {
    remember() {
      if (scroller.current) kept.current = placeIn(scroller.current, isAtNewest);
    },
    visibleId() {
      const first = scroller.current && firstVisible(scroller.current);
      return first ? Number(first.dataset.id) : null;
    },
  };
}

function placeIn(element: HTMLElement, isAtNewest: boolean): ReadingPlace {
  if (isAtNewest && element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR_END_PX) return 'end';
  const first = firstVisible(element);
  if (!first) return 'end';
  return { id: first.dataset.id ?? '', top: first.getBoundingClientRect().top - element.getBoundingClientRect().top };
}

function restore(element: HTMLElement, place: ReadingPlace): void {
  if (place === 'end') {
    element.scrollTop = element.scrollHeight;
    return;
  }
  const bubble = bubbleOf(element, place.id);
  if (!bubble) return;
  element.scrollTop += bubble.getBoundingClientRect().top - element.getBoundingClientRect().top - place.top;
}

function firstVisible(element: HTMLElement): HTMLElement | undefined {
  const { top } = element.getBoundingClientRect();
  const bubbles = element.querySelectorAll<HTMLElement>('[data-id]');
  return Array.from(bubbles).find((bubble) => bubble.getBoundingClientRect().bottom > top);
}

const bubbleOf = (element: HTMLElement, id: string) =>
  element.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
