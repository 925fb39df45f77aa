import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { goTo, place } from '../navigation/place.ts';
import { api, dataOf, describeError } from '../session/api.ts';
import { drafts } from './drafts.ts';
import { refreshThread, showNewest, stretch } from './thread.ts';

/** Sends what is typed, on Enter. A text that could not be sent stays, and is sent once however often it is tried. */
export function SendBox({ contactId }: { contactId: number }): JSX.Element {
  const draft = drafts.of(contactId);
  const error = useSignal<string | null>(null);
  const isSending = useSignal(false);

  async function send(): Promise<void> {
    const content = draft.text.value;
    if (content === '' || isSending.value) return;
    isSending.value = true;
    try {
      const params = { header: { 'Idempotency-Key': draft.key() } };
      await dataOf(api().POST('/api/commands/send-message', { params, body: { contactId, content } }));
      draft.clear();
      error.value = null;
      await showSent();
    } catch (caught) {
      error.value = `Not sent. ${describeError(caught)}`;
    } finally {
      isSending.value = false;
    }
  }

  return (
    <form
      class="send-box"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {error.value !== null && <p role="alert">{error}</p>}
      <textarea
        aria-label="Message"
        placeholder="Message (Enter sends, Shift+Enter begins a line)"
        rows={2}
        dir="auto"
        value={draft.text}
        onInput={({ currentTarget }) => draft.type(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <button type="submit" class="primary" disabled={isSending.value || draft.text.value === ''}>
        Send
      </button>
    </form>
  );
}

/** One's own message is shown wherever one was reading. */
async function showSent(): Promise<void> {
  if (stretch.value.isAtNewest) return refreshThread(null);
  if (place.value.messageId !== null) goTo({ messageId: null });
  else await showNewest();
}
