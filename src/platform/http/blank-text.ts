/** A character that shows: no space, no control, and none that Unicode has renderers leave out, such as a zero-width space. */
const SHOWS = /[^\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]/u;

/** Returns true for a text without a visible character. */
export const isBlank = (text: string): boolean => !SHOWS.test(text);
