import type { JSX } from 'preact';
import { goTo, place } from '../navigation/place.ts';
import type { Direction } from '../navigation/place-query.ts';
import { fromLocalInput, toLocalInput } from './local-input.ts';

/** Which of the messages: by direction, time and contact. */
export function MessageFilters(): JSX.Element {
  const { direction, from, to, contactId, ofContactId } = place.value;
  return (
    <fieldset class="filters">
      <legend class="visually-hidden">Filters</legend>
      <label>
        Direction
        <select
          value={direction ?? ''}
          onChange={({ currentTarget }) => goTo({ direction: (currentTarget.value || null) as Direction | null })}
        >
          <option value="">any</option>
          <option value="inbound">received</option>
          <option value="outbound">sent</option>
        </select>
      </label>
      <TimeFilter label="From" time={from} onChange={(time) => goTo({ from: time }, { replace: true })} />
      <TimeFilter label="Before" time={to} onChange={(time) => goTo({ to: time }, { replace: true })} />
      <label class="check">
        <input
          type="checkbox"
          checked={ofContactId !== null}
          disabled={contactId === null && ofContactId === null}
          onChange={({ currentTarget }) => goTo({ ofContactId: currentTarget.checked ? contactId : null })}
        />
        Only of the open contact
      </label>
    </fieldset>
  );
}

interface TimeFilterProps {
  label: string;
  time: string | null;
  onChange: (time: string | null) => void;
}

function TimeFilter({ label, time, onChange }: TimeFilterProps): JSX.Element {
  return (
    <label>
      {label}
      <input
        type="datetime-local"
        min="1970-01-02T00:00"
        max="9999-12-30T00:00"
        value={time === null ? '' : toLocalInput(time)}
        onChange={({ currentTarget }) => {
          if (currentTarget.validity.valid) onChange(fromLocalInput(currentTarget.value));
        }}
      />
    </label>
  );
}
