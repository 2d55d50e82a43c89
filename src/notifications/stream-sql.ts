/**
 * Returns an expression for the number of the last item in the stream of a person; 0 before the first. A statement sees
 * exactly the changes up to that number, because a change and its items commit together and numbers have no gaps.
 * @param user the placeholder of the person
 */
export const lastSeqOf = (user: string): string =>
  `coalesce((SELECT s.last_seq FROM notification_streams s WHERE s.user_id = ${user}), 0)`;

/** Returns an expression for the number of the first item that is still stored; one more than the last if none is. */
export const firstSeqOf = (user: string): string =>
  `coalesce((SELECT min(n.seq) FROM notifications n WHERE n.user_id = ${user}), ${lastSeqOf(user)} + 1)`;

/** Returns a query of the events, in the column `event_id`, that the items of a person between two numbers are about. */
export const selectEventsBetween = (user: string, after: string, until: string): string =>
  `SELECT DISTINCT n.event_id FROM notifications n
    WHERE n.user_id = ${user} AND n.seq > ${after} AND n.seq <= ${until}`;
