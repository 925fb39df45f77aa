import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { ListBody } from '../lists/list-body.tsx';
import { goTo, place } from '../navigation/place.ts';
import { ContactDialog } from './contact-dialog.tsx';
import { type Contact, contacts, createContact } from './contacts.ts';

const keyOf = ({ id }: Contact) => id;
const open = ({ id }: Contact) => goTo({ contactId: id, messageId: null });

/** All contacts, and a way to make one. An open contact is renamed and deleted where its thread is. */
export function ContactsPanel(): JSX.Element {
  const isCreating = useSignal(false);
  const { contactId } = place.value;
  return (
    <>
      <div class="search-box">
        <button
          type="button"
          class="primary"
          onClick={() => {
            isCreating.value = true;
          }}
        >
          New contact
        </button>
      </div>
      {isCreating.value && (
        <ContactDialog
          title="New contact"
          onSave={async (fields, key) => {
            const { id } = await createContact(fields, key);
            goTo({ contactId: id, messageId: null });
            void contacts.restart();
          }}
          onClose={() => {
            isCreating.value = false;
          }}
        />
      )}
      <ListBody
        label="Contacts"
        list={contacts}
        keyOf={keyOf}
        rowHeight={56}
        emptyText="No contacts yet."
        isOpen={({ id }) => id === contactId}
        onOpen={open}
        renderRow={(contact) => <ContactRow contact={contact} />}
      />
    </>
  );
}

function ContactRow({ contact: { id, name, phoneNumber, externalId } }: { contact: Contact }): JSX.Element {
  return (
    <>
      <div class="row-line">
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span class="row-small">{id}</span>
      </div>
      <div class="row-line row-small">
        <bdi>{phoneNumber}</bdi>
        <bdi>{externalId}</bdi>
      </div>
    </>
  );
}
