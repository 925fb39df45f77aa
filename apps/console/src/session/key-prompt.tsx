import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { keyWanted, useKey } from './key.ts';

/** Asks for an API key, in front of everything else, as long as the service refuses to answer without one. */
export function KeyPrompt(): JSX.Element | null {
  return keyWanted.value === null ? null : <Prompt reason={keyWanted.value} />;
}

function Prompt({ reason }: { reason: string }): JSX.Element {
  const typed = useSignal('');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (typed.value.trim() !== '') useKey(typed.value.trim());
  };
  return (
    <dialog ref={dialog} aria-labelledby="key-prompt-title" onCancel={(event) => event.preventDefault()}>
      <form onSubmit={submit}>
        <h2 id="key-prompt-title">API key</h2>
        <p>{reason} It stays in this tab.</p>
        <label>
          Key
          <input
            type="password"
            name="key"
            autocomplete="off"
            value={typed}
            onInput={({ currentTarget }) => {
              typed.value = currentTarget.value;
            }}
          />
        </label>
        <div class="buttons">
          <button type="submit" class="primary">
            Use this key
          </button>
        </div>
      </form>
    </dialog>
  );
}
