import { signal } from '@preact/signals';
import { type Place, readPlace, writePlace } from './place-query.ts';

export const place = signal<Place>(readPlace(location.search));

addEventListener('popstate', () => {
  place.value = readPlace(location.search);
});

/** Shows something else. `replace` leaves no step for the back button: for what is typed letter by letter. */
export function goTo(change: Partial<Place>, { replace = false } = {}): void {
  place.value = { ...place.peek(), ...change };
  const query = writePlace(place.value);
  if (query === location.search) return;
  const address = `${location.pathname}${query}`;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
}
