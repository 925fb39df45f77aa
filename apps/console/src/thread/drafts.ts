import { type Signal, signal } from '@preact/signals';

/** A text that is being written to a contact. */
export interface Draft {
  text: Signal<string>;
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
  let key: string | null = null;
  const type = (typed: string) => {
    text.value = typed;
    key = null;
  };
  return {
    text,
    type,
    key() {
      key ??= randomKey();
      return key;
    },
    clear: () => type(''),
  };
}

/** `crypto.randomUUID` is missing where the page came without TLS from another machine. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
