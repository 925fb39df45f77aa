import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { keyWanted, setKey } from './key.ts';

/** Asks for an API key, in front of everything else, as long as the service refuses to answer without one. */
export function KeyPrompt(): JSX.Element | null {
  return keyWanted.value === null ? null : <Prompt {...keyWanted.value} />;
}

function Prompt({ reason, isNeeded }: { reason: string; isNeeded: boolean }): JSX.Element {
  const typed = useSignal('');
  const error = useSignal<string | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const onClose = () => {
    if (isNeeded) dialog.current?.showModal();
    else keyWanted.value = null;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const key = typed.value.trim();
    if (/^[!-~]+$/.test(key)) setKey(key);
    else error.value = 'A key consists of visible ASCII characters.';
  };
  return (
    <dialog ref={dialog} aria-labelledby="key-prompt-title" onClose={onClose}>
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
        {error.value !== null && <p role="alert">{error}</p>}
        <div class="buttons">
          {!isNeeded && (
            <button type="button" onClick={onClose}>
              Cancel
            </button>
          )}
          <button type="submit" class="primary">
            Use this key
          </button>
        </div>
      </form>
    </dialog>
  );
}
