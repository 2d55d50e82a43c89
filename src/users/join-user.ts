/**
 * Joins the account with an id to each row. By its key: where PostgreSQL expects thousands of rows, as it does of a large table
 * without statistics, it would begin with all accounts.
 * @param name what the joined row is called in the statement
 * @param id the column with the id
 */
export const joinUser = (name: string, id: string): string =>
  `CROSS JOIN LATERAL (SELECT id, username, erased_at FROM users WHERE id = ${id} OFFSET 0) AS ${name}`;
