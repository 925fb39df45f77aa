import { goTo, place } from './place.ts';

/** `/` goes to the search, Esc clears it, and closes the thread when there is none. */
export function listenToShortcuts(): void {
  addEventListener('keydown', (event) => {
    const isTaken = event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey;
    if (isTaken || document.querySelector('dialog[open]')) return;
    if (event.key === '/' && !isTyping(event.target)) focusOn(event, 'input[type=search]');
    if (event.key === 'ArrowDown' && isSearch(event.target)) focusOn(event, '[role=listbox]');
    if (event.key === 'Escape') close();
  });
}

/** A key that does nothing here is left to the browser. */
function focusOn(event: KeyboardEvent, selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  if (element !== null && document.activeElement === element) event.preventDefault();
}

function close(): void {
  if (place.peek().search !== '') goTo({ search: '' }, { replace: true });
  else if (place.peek().contactId !== null) goTo({ contactId: null, messageId: null });
}

const isSearch = (target: EventTarget | null) => target instanceof HTMLInputElement && target.type === 'search';

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
