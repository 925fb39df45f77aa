import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { describeError } from '../session/api.ts';
import { ContactDialog } from './contact-dialog.tsx';
import { type Contact, deleteContact, updateContact } from './contacts.ts';
import { Dialog } from './dialog.tsx';

interface ContactActionsProps {
  contact: Contact;
  onChanged: (contact: Contact) => void;
  onDeleted: () => void;
}

/** Renames or deletes a contact. */
export function ContactActions({ contact, onChanged, onDeleted }: ContactActionsProps): JSX.Element {
  const asked = useSignal<'rename' | 'delete' | null>(null);
  const ask = (what: 'rename' | 'delete' | null) => () => {
    asked.value = what;
  };
  const { name, phoneNumber, externalId } = contact;
  return (
    <div class="actions">
      <button type="button" onClick={ask('rename')}>
        Rename
      </button>
      <button type="button" onClick={ask('delete')}>
        Delete
      </button>
      {asked.value === 'rename' && (
        <ContactDialog
          title="Rename contact"
          fields={{ name, phoneNumber, externalId: externalId ?? '' }}
          onSave={async (fields) => onChanged(await updateContact(contact, fields))}
          onClose={ask(null)}
        />
      )}
      {asked.value === 'delete' && <DeleteDialog contact={contact} onDeleted={onDeleted} onClose={ask(null)} />}
    </div>
  );
}

interface DeleteDialogProps {
  contact: Contact;
  onDeleted: () => void;
  onClose: () => void;
}

function DeleteDialog({ contact: { id, name }, onDeleted, onClose }: DeleteDialogProps): JSX.Element {
  const error = useSignal<string | null>(null);
  async function confirm(): Promise<void> {
    try {
      await deleteContact(id);
      onDeleted();
    } catch (caught) {
      error.value = describeError(caught);
    }
  }
  return (
    <Dialog title="Delete contact?" onClose={onClose}>
      <p>
        <bdi>{name}</bdi> is deleted with all of its messages. This cannot be undone.
      </p>
      {error.value !== null && <p role="alert">{error}</p>}
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="danger" onClick={() => void confirm()}>
          Delete
        </button>
      </div>
    </Dialog>
  );
}
