import { goTo, place } from './place.ts';

/** `/` goes to the search, Esc clears it, and closes the thread when there is none. */
export function listenToShortcuts(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (event.key === '/' && !isTyping(event.target)) {
      event.preventDefault();
      document.querySelector<HTMLInputElement>('input[type=search]')?.focus();
    }
    if (event.key === 'Escape') close();
    if (event.key === 'ArrowDown' && isSearch(event.target)) {
      event.preventDefault();
      document.querySelector<HTMLElement>('[role=listbox]')?.focus();
    }
  });
}

function close(): void {
  if (place.peek().search !== '') goTo({ search: '' }, { replace: true });
  else if (place.peek().contactId !== null) goTo({ contactId: null, messageId: null });
}

const isSearch = (target: EventTarget | null) => target instanceof HTMLInputElement && target.type === 'search';

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
