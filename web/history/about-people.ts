import type { Change } from '../api.js';

/** Whether an entry of the changelog is about who takes part, and not about the content: it made no version. */
export const isAboutPeople = ({ version, previous_version: previous }: Change): boolean => previous === version;

/** Whether a change of who takes part can be undone. Invitations are revoked instead, or made again. */
export const canUndoPeople = (entry: Change): boolean =>
  isAboutPeople(entry) && entry.changes.every(({ invitation_id: invitation }) => invitation === undefined);
