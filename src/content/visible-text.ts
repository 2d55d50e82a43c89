/** The longest text that a sentence quotes completely, in UTF-16 units. */
export const MAX_QUOTE_LENGTH = 80;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Characters that could forge lines, colours or direction: controls, line and paragraph separators, lone surrogates and
 * invisible format characters. Joiners and tags stay: they are part of emoji and of Persian and Indic words.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])\p{Cf}/gu;
const PLAIN = /^[\x20-\x7e]*$/;
/** Texts that have nothing to normalise: words with one space between them. */
const SPACED = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
const ONLY_ASCII = /^[\x20-\x7e\n\t]*$/;
const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/g;

/** Returns one line of text whose invisible characters are visible: `\u{202E}` for a change of direction. */
export function escapeInvisible(line: string): string {
  const spaced = line.replaceAll('\t', ' ');
  return spaced.replace(UNSAFE, (found) => `\\u{${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}}`);
}

/** Returns a text in typographic quotes: on one line, escaped, and without its end when it is long. */
export function quote(text: string): string {
  return `“${inQuotes(clip(text, MAX_QUOTE_LENGTH))}”`;
}

/** Returns what stands between typographic quotes: quotes inside become single ones, line breaks arrows. */
export function inQuotes(text: string): string {
  if (PLAIN.test(text)) return text;
  return escapeInvisible(text.replace(LINE_BREAK, '↵')).replaceAll('“', '‘').replaceAll('”', '’');
}

/** Returns the beginning of a text, followed by `…` when something was cut. Never cuts a grapheme. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${startOf(text, length)}…`;
}

/** Returns the longest beginning of a text up to a length that ends with a whole grapheme. */
export function startOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const start = text.slice(0, length + 1);
  if (ONLY_ASCII.test(start)) return start.slice(0, length);
  return text.slice(0, graphemes.segment(text).containing(length)!.index);
}

/** Returns the longest end of a text up to a length that begins with a whole grapheme. */
export function endOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const from = text.length - length;
  if (ONLY_ASCII.test(text.slice(from - 1))) return text.slice(from);
  const { index, segment } = graphemes.segment(text).containing(from)!;
  return text.slice(index === from ? from : index + segment.length);
}

/**
 * Returns true when two texts look the same in a sentence: they differ only in spaces or in how letters are composed.
 * Slow for long texts.
 */
export function looksSame(a: string, b: string): boolean {
  return a === b || (!(SPACED.test(a) && SPACED.test(b)) && visibleForm(a) === visibleForm(b));
}

const visibleForm = (text: string): string =>
  escapeInvisible(text.replace(LINE_BREAK, ' ').normalize('NFC').replaceAll(/\s+/g, ' ').trim());

/** Returns the positions at which a grapheme of the text begins. */
export function graphemeStarts(text: string): Set<number> {
  return new Set(Array.from(graphemes.segment(text), ({ index }) => index));
}
