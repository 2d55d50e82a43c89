/** Control characters, and those that reverse or hide text: titles come from other people, and terminals obey. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text with everything escaped that would steer a terminal; lines and tabs stay. */
export function safeText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSAFE, escape);
}

/** The same on one line. */
export function safeLine(text: string): string {
  return safeText(text).replace(/\s*\n\s*/g, ' ⏎ ');
}

/** The value as JSON, in which no character steers a terminal. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, escape);
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** The part of an id that people type: its end, because ids begin with the time. */
export const shortId = (id: string): string => id.slice(-8);

/** Without case, as the server searches. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase();
