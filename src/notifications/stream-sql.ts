/**
 * Returns an expression for the number of the last item in the stream of a person; 0 before the first. A statement sees
 * exactly the changes up to that number, because a change and its items commit together and numbers have no gaps.
 * @param user the placeholder of the person
 */
export const lastSeqOf = (user: string): string =>
  `coalesce((SELECT s.last_seq FROM notification_streams s WHERE s.user_id = ${user}), 0)`;

/** Returns the same condition as `isStored`: every item of a person after a number can still be read. */
export const isStoredAfter = (user: string, after: string): string =>
  `(${after} = ${lastSeqOf(user)}
    OR EXISTS (SELECT FROM notifications n WHERE n.user_id = ${user} AND n.seq = ${after} + 1))`;

/** Returns a query of the events, in the column `event_id`, that the items of a person between two numbers are about. */
export const selectEventsBetween = (user: string, after: string, until: string): string =>
  `SELECT DISTINCT n.event_id FROM notifications n
    WHERE n.user_id = ${user} AND n.seq > ${after} AND n.seq <= ${until}`;
