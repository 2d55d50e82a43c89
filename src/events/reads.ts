/** Numbers of rows at which one way of reading becomes another. The result is the same; tests lower them. */
export const READS = {
  /** A search looks at so many events of a person, and finds the others by the index of texts. */
  searched: 700,
  /** All events of a person who has fewer are looked at for the latest changes. */
  manyEvents: 2_000,
  /** Of so many latest changes of all events, those of a person with many events are looked for. */
  latestChanges: 5_000,
};

/** Returns a condition that PostgreSQL tests once: a person has so many events that all events are searched for changes. */
export const hasManyEvents = (user: string): string =>
  `(SELECT count(*) FROM (SELECT FROM visible_spans WHERE user_id = ${user} LIMIT ${READS.manyEvents}) AS v) = ${READS.manyEvents}`;
