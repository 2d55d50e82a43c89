import type { Change } from '../api.js';

/** Whether an entry of the changelog is about who takes part, and not about the content. */
export const isAboutPeople = (kind: Change['kind']): boolean =>
  ['shared', 'role_changed', 'revoked', 'ownership_transferred'].includes(kind);
