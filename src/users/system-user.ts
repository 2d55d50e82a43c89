/**
 * The account in whose name the server itself changes events, such as after new time zone data. Nobody can sign in to it.
 * Made by a migration.
 */
export const SYSTEM_USER_ID = '00000000-0000-7000-8000-000000000001';
