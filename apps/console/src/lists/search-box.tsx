import type { JSX } from 'preact';
import { goTo, place } from '../navigation/place.ts';

/** The search of a panel. What is typed is in the address at once; who reads the list waits a moment. */
export function SearchBox({ label }: { label: string }): JSX.Element {
  return (
    <search class="search-box">
      <input
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={`${label} ( / )`}
        maxlength={200}
        value={place.value.search}
        onInput={({ currentTarget }) => goTo({ search: currentTarget.value }, { replace: true })}
      />
    </search>
  );
}
