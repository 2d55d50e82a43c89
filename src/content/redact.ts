import { camelCase } from './columns.js';
import { CONTENT_FIELDS, type ContentField, fieldOf, OCCURRENCE_FIELDS, type StoredOverride } from './fields.js';
import type { Snapshot } from './snapshot.js';

/** Replaces each text of a redacted version. */
export const REDACTED = '[redacted]';

const TEXT_FIELDS = CONTENT_FIELDS.filter((name) => fieldOf(name).isText);
const OCCURRENCE_TEXTS = OCCURRENCE_FIELDS.filter((name) => fieldOf(name).isText).map(camelCase);

/** Returns a snapshot of the same schema whose texts, and those of overrides, are replaced. Pure. */
export function redactSnapshot(snapshot: Snapshot): Snapshot {
  const redacted = { ...snapshot, redacted: true };
  const texts = TEXT_FIELDS.filter((name) => typeof snapshot[name] === 'string');
  const overrides = (snapshot.overrides as StoredOverride[]).map((override) => {
    const own = OCCURRENCE_TEXTS.filter((property) => typeof override[property] === 'string');
    return { ...override, ...Object.fromEntries(own.map((property) => [property, REDACTED])) };
  });
  return { ...redacted, ...Object.fromEntries(texts.map((name) => [name, REDACTED])), overrides };
}

/** Returns the fields whose values a redacted snapshot does not contain; none for any other snapshot. */
export const listRedactedFields = (snapshot: Snapshot): ContentField[] =>
  snapshot.redacted === true ? [...TEXT_FIELDS, 'overrides'] : [];

/** Returns the texts of a snapshot and of its overrides, without those that a redaction replaced. */
export function collectTexts(snapshot: Snapshot): ReadonlySet<string> {
  const own = (snapshot.overrides as StoredOverride[]).flatMap((override) =>
    OCCURRENCE_TEXTS.map((property) => override[property]),
  );
  const texts = [...TEXT_FIELDS.map((name) => snapshot[name]), ...own];
  return new Set(texts.filter((text): text is string => typeof text === 'string' && text !== REDACTED));
}
