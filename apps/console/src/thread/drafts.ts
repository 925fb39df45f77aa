import { type Signal, signal } from '@preact/signals';
import { randomKey } from '../session/random-key.ts';

/** A text that is being written to a contact. */
export interface Draft {
  text: Signal<string>;
  isSending: Signal<boolean>;
  /** Why it was not sent. */
  error: Signal<string | null>;
  type(text: string): void;
  /** The Idempotency-Key of the text: another one as soon as it is changed. */
  key(): string;
  clear(): void;
}

const known = new Map<number, Draft>();

/** What was typed to each contact and not sent yet, as long as the page is open. */
export const drafts = {
  of(contactId: number): Draft {
    const draft = known.get(contactId) ?? createDraft();
    known.set(contactId, draft);
    return draft;
  },
};

function createDraft(): Draft {
  const text = signal('');
  const [isSending, error] = [signal(false), signal<string | null>(null)];
  let key: string | null = null;
  const type = (typed: string) => {
    text.value = typed;
    key = null;
  };
  return {
    text,
    isSending,
    error,
    type,
    key() {
      key ??= randomKey();
      return key;
    },
    clear: () => type(''),
  };
}
