import { useState } from 'preact/hooks';
import { draft, resumeDraft } from '../state/draft.js';
import { forgetDraft, keptDrafts } from '../state/kept.js';
import { words } from '../words/en.js';

/** The newest event that was typed and not saved, to go on with or to discard. */
export function KeptNote() {
  const [, draw] = useState(0);
  const kept = keptDrafts().findLast(({ key }) => key !== draft.value?.key);
  if (!kept) return null;
  return (
    <div class="note row">
      <span class="grow ell">{words.draftKept(kept.title)}</span>
      <button type="button" class="link" onClick={() => resumeDraft(kept)}>
        {words.goOn}
      </button>
      <button
        type="button"
        class="link"
        onClick={() => {
          forgetDraft(kept);
          draw((count) => count + 1);
        }}
      >
        {words.discard}
      </button>
    </div>
  );
}
