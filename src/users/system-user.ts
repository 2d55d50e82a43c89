/**
 * The account that authors the server's own changes, such as after an update of the time zone data. Nobody can sign in
 * to it. A migration creates it.
 */
export const SYSTEM_USER_ID = '00000000-0000-7000-8000-000000000001';
