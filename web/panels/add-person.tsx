import { useState } from 'preact/hooks';
import { people, Refusal } from '../api.js';
import { explain } from '../state/edit.js';
import { KnownPeople } from '../ui/known-people.js';
import { panelWords } from '../words/panels.js';

interface Found {
  id: string;
  username: string;
}

/** A field that finds a person by user name. */
export function AddPerson({ add }: { add: (person: Found) => void }) {
  const [name, setName] = useState('');
  const [error, setError] = useState('');

  const find = async (): Promise<void> => {
    const wanted = name.trim();
    if (!wanted) return;
    try {
      const found = await people.find(wanted);
      if (!found) return setError(panelWords.findTime.unknown(wanted));
      add(found);
      setName('');
    } catch (refusal) {
      if (refusal instanceof Refusal && ['validation_failed', 'not_found'].includes(refusal.code))
        setError(panelWords.findTime.unknown(wanted));
      else explain(refusal);
    }
  };

  return (
    <form
      class="add-person"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        void find();
      }}
    >
      <label class="field">
        <span>{panelWords.findTime.add}</span>
        <input
          class={`in s ${error ? 'err' : ''}`}
          value={name}
          autocomplete="off"
          list="known-people"
          aria-invalid={error !== ''}
          aria-describedby={error ? 'add-person-error' : undefined}
          onInput={({ currentTarget }) => {
            setName(currentTarget.value);
            setError('');
          }}
        />
      </label>
      <KnownPeople />
      {error && (
        <p class="hint" id="add-person-error" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
