import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { describeError } from '../session/api.ts';
import { randomKey } from '../session/random-key.ts';
import type { ContactFields } from './contacts.ts';
import { Dialog } from './dialog.tsx';

interface ContactDialogProps {
  title: string;
  fields?: ContactFields;
  /** Rejects with why it cannot be saved. The key is another one for other fields. */
  onSave: (fields: ContactFields, key: string) => Promise<void>;
  onClose: () => void;
}

const EMPTY: ContactFields = { name: '', phoneNumber: '', externalId: '' };
const LABELS = { name: 'Name', phoneNumber: 'Phone number', externalId: 'External id (optional)' };

/** Asks for the fields of a contact, and stays open until they are saved. */
export function ContactDialog({ title, fields = EMPTY, onSave, onClose }: ContactDialogProps): JSX.Element {
  const typed = useSignal(fields);
  const key = useSignal(randomKey());
  const error = useSignal<string | null>(null);
  const isSaving = useSignal(false);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    if (isSaving.value) return;
    isSaving.value = true;
    try {
      await onSave(typed.value, key.value);
      onClose();
    } catch (caught) {
      error.value = describeError(caught);
    } finally {
      isSaving.value = false;
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void save(event)}>
        {Object.entries(LABELS).map(([name, label]) => (
          <label key={name}>
            {label}
            <input
              name={name}
              autocomplete="off"
              required={name !== 'externalId'}
              value={typed.value[name as keyof ContactFields]}
              onInput={({ currentTarget }) => {
                typed.value = { ...typed.value, [name]: currentTarget.value };
                key.value = randomKey();
              }}
            />
          </label>
        ))}
        {error.value !== null && <p role="alert">{error}</p>}
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isSaving}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
