/** In place of the hash of a password: no password matches it. */
export const NO_PASSWORD = '!';
