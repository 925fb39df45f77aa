import type { JSX } from 'preact';
import { goTo, place } from '../navigation/place.ts';
import { api, dataOf, describeError } from '../session/api.ts';
import { type Draft, drafts } from './drafts.ts';
import { openThread } from './thread.ts';

/** Sends what is typed, on Enter. A text that could not be sent stays, and is sent once however often it is tried. */
export function SendBox({ contactId }: { contactId: number }): JSX.Element {
  const draft = drafts.of(contactId);
  const { text, isSending, error } = draft;
  return (
    <form
      class="send-box"
      onSubmit={(event) => {
        event.preventDefault();
        void send(contactId, draft);
      }}
    >
      {error.value !== null && <p role="alert">{error}</p>}
      <textarea
        aria-label="Message"
        placeholder="Message (Enter sends, Shift+Enter begins a line)"
        rows={2}
        dir="auto"
        value={text}
        onInput={({ currentTarget }) => draft.type(currentTarget.value)}
        onKeyDown={(event) => {
          // An Enter that ends the composition of a character has the code 229 in Safari.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          void send(contactId, draft);
        }}
      />
      <button type="submit" class="primary" disabled={isSending.value || text.value === ''}>
        Send
      </button>
    </form>
  );
}

async function send(contactId: number, draft: Draft): Promise<void> {
  const content = draft.text.peek();
  if (content === '' || draft.isSending.peek()) return;
  draft.isSending.value = true;
  try {
    const params = { header: { 'Idempotency-Key': draft.key() } };
    await dataOf(api().POST('/api/commands/send-message', { params, body: { contactId, content } }));
    if (draft.text.peek() === content) draft.clear(); // else somebody has written on meanwhile
    draft.error.value = null;
    if (place.peek().contactId === contactId) showSent(contactId);
  } catch (caught) {
    draft.error.value = `Not sent. ${describeError(caught)}`;
  } finally {
    draft.isSending.value = false;
  }
}

/** One's own message is shown wherever one was reading. */
function showSent(contactId: number): void {
  if (place.peek().messageId !== null) goTo({ messageId: null });
  else void openThread(contactId, null);
}
